// @ts-check
/** Before and after the end: asking whether to leave, and showing what was written but not sent. */

import { openOutbox } from './outbox.js'
import { at } from './render.js'

/** Ask before something unsent is lost. @returns {Promise<boolean>} */
export function confirmed() {
  const dialog = /** @type {HTMLDialogElement} */ (at('leaving'))
  if (!dialog.showModal) return Promise.resolve(true)
  dialog.returnValue = ''
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'leave'), { once: true })
  })
}

/** Show on the last screen what was not sent, so that no word is lost. @param {string[]} texts none hides it */
export function showUnsent(texts) {
  const list = /** @type {HTMLElement} */ (at('unsent').querySelector('ul'))
  list.textContent = ''
  for (const text of texts) {
    const item = document.createElement('li')
    item.dir = 'auto'
    item.textContent = text
    list.append(item)
  }
  at('unsent').hidden = !texts.length
}

/** Nobody can come back to what this device still keeps: show it once, then forget it. */
export async function giveBack() {
  const outbox = await openOutbox('')
  showUnsent(await outbox.words())
  outbox.wipe()
}
