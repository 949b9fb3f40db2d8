// @ts-check
/** Voice notes in the chat: how long one lasts, and a player once somebody wants to hear it. */

import { getFile } from './transfer.js'

/** @param {string} session_id @param {import('./words.js').Words} words */
export function makeNotes(session_id, words) {
  /** @type {Map<string, string>} what the browser holds, by file id */
  const urls = new Map()
  let over = new AbortController()
  return { ofFile, forget }

  /** @param {import('./state.js').Message} message @param {boolean} mine @returns {HTMLElement} */
  function ofFile({ file, sender }, mine) {
    const box = document.createElement('div')
    box.className = 'note'
    if (!file) return box
    const length = words.duration(file.seconds || 0)
    const name = sender ? sender.name : ''
    const label = mine ? words.say('Your voice note, {length}', { length }) : words.say('Voice note from {name}, {length}', { name, length })
    const play = document.createElement('button')
    play.type = 'button'
    play.className = 'play'
    play.setAttribute('aria-label', label)
    const sign = document.createElement('span')
    sign.className = 'sign'
    sign.setAttribute('aria-hidden', 'true')
    const time = document.createElement('span')
    time.textContent = length
    play.append(sign, time)
    play.addEventListener('click', async () => {
      try {
        const url = urls.get(file.file_id) || (await fetched(file, (part) => (time.textContent = words.percent(part))))
        box.replaceChildren(player(url, label))
      } catch {
        time.textContent = words.say('This can’t be loaded just now. Try again')
      }
    })
    box.append(play)
    return box
  }

  /** @param {import('./state.js').File} file @param {(part: number) => void} progress */
  async function fetched(file, progress) {
    const url = URL.createObjectURL(await getFile(session_id, file, progress, over.signal))
    urls.set(file.file_id, url)
    return url
  }

  /** @param {string} url @param {string} label */
  function player(url, label) {
    const audio = new Audio(url)
    audio.controls = true
    audio.setAttribute('aria-label', label)
    audio.addEventListener('play', () => {
      for (const other of document.querySelectorAll('audio')) if (other !== audio) other.pause()
    })
    audio.play().catch(() => undefined)
    return audio
  }

  function forget() {
    over.abort()
    over = new AbortController()
    for (const audio of document.querySelectorAll('.note audio')) /** @type {HTMLAudioElement} */ (audio).pause()
    for (const url of urls.values()) URL.revokeObjectURL(url)
    urls.clear()
  }
}
