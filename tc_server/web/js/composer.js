// @ts-check
/** The box that people write in: grows with the words, keeps the draft, tells that somebody is typing. */

import { at } from './render.js'

const TYPING_EVERY = 3000

/**
 * @param {object} room
 * @param {import('./outbox.js').Outbox} room.outbox
 * @param {(text: string) => void} room.write
 * @param {() => boolean} room.typing say that somebody is typing; whether that could be said
 */
export async function makeComposer({ outbox, write, typing }) {
  const form = at('write')
  const box = /** @type {HTMLTextAreaElement} */ (at('composer'))
  let told = 0

  box.value = box.value || (await outbox.draft())
  form.addEventListener('submit', submit)
  box.addEventListener('input', typed)
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !matchMedia('(pointer: fine)').matches) return
    event.preventDefault()
    submit()
  })
  fit()

  return {
    /** Start; Send may have been pressed already while this was on its way. */
    begin() {
      if (form.dataset.pressed) submit()
    },
    text: () => box.value.trim(),
    /** Put words back before those that are there. @param {string | null} text */
    putBack: (text) => set([text, box.value].filter(Boolean).join('\n')),
    clear: () => set(''),
    focus: () => box.focus(),
  }

  function submit() {
    const text = box.value.trim()
    if (!text) return
    set('')
    write(text)
  }

  /** @param {string} text */
  function set(text) {
    box.value = text
    outbox.keepDraft(text)
    fit()
  }

  function typed() {
    fit()
    outbox.keepDraft(box.value)
    const now = Date.now()
    if (box.value && now - told >= TYPING_EVERY && typing()) told = now
  }

  function fit() {
    box.style.height = 'auto'
    box.style.height = `${box.scrollHeight + 2}px`
  }
}
