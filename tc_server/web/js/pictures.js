// @ts-check
/** Photos in the chat: fetched when they come into view (on a slow or costly link when asked for), shown large on a tap. */

import { getFile } from './transfer.js'

const DEAR = ['slow-2g', '2g']

/** @param {string} session_id @param {import('./words.js').Words} words */
export function makePictures(session_id, words) {
  /** @type {Map<string, string>} what the browser holds, by file or client id */
  const urls = new Map()
  let over = new AbortController()
  const inView = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) target.dispatchEvent(new Event('near'))
  }, { root: document.getElementById('chat'), rootMargin: '300px' })

  return { preview, ofFile, ofUnsent, forget }

  /** Keep what was picked here, so that it needn't be fetched. @param {string} client_id @param {Blob} blob */
  function preview(client_id, blob) {
    urls.set(client_id, URL.createObjectURL(blob))
  }

  /** @param {string} client_id @returns {HTMLElement | null} */
  function ofUnsent(client_id) {
    const url = urls.get(client_id)
    return url ? shown(url, words.say('Your photo')) : null
  }

  /** @param {import('./state.js').Message} message @param {boolean} mine @returns {HTMLElement} */
  function ofFile({ client_id, file, sender }, mine) {
    const label = mine ? words.say('Your photo') : words.say('Photo from {name}', { name: sender ? sender.name : '' })
    const url = (file && urls.get(file.file_id)) || (mine && client_id && urls.get(client_id))
    if (url || !file) return shown(url || '', label)
    return asked(file, label)
  }

  /** @param {import('./state.js').File} file @param {string} label @returns {HTMLElement} */
  function asked(file, label) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'picture empty'
    button.textContent = words.say('Show the photo ({size})', { size: words.size(file.size) })
    const load = async () => {
      button.removeEventListener('click', load)
      button.removeEventListener('near', load)
      inView.unobserve(button)
      try {
        const share = (/** @type {number} */ part) => {
          button.textContent = words.percent(part)
        }
        const url = URL.createObjectURL(await getFile(session_id, file, share, over.signal))
        urls.set(file.file_id, url)
        button.replaceWith(shown(url, label))
      } catch {
        button.textContent = words.say('The photo could not be loaded. Try again')
        button.addEventListener('click', load)
      }
    }
    button.addEventListener('click', load)
    if (!isDear()) {
      button.addEventListener('near', load)
      inView.observe(button)
    }
    return button
  }

  /** @param {string} url @param {string} label @returns {HTMLElement} */
  function shown(url, label) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'picture'
    button.append(image(url, label))
    button.addEventListener('click', () => enlarge(url, label))
    return button
  }

  function forget() {
    over.abort()
    over = new AbortController()
    inView.disconnect()
    const large = document.querySelector('#photo img')
    if (large) large.removeAttribute('src')
    for (const url of urls.values()) URL.revokeObjectURL(url)
    urls.clear()
  }
}

function isDear() {
  const { connection } = /** @type {any} */ (navigator)
  return Boolean(connection && (connection.saveData || DEAR.includes(connection.effectiveType)))
}

/** @param {string} url @param {string} label */
function image(url, label) {
  const picture = new Image()
  picture.src = url
  picture.alt = label
  return picture
}

/** @param {string} url @param {string} label */
function enlarge(url, label) {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById('photo'))
  const picture = dialog && dialog.querySelector('img')
  if (!dialog || !picture || !dialog.showModal) return
  picture.src = url
  picture.alt = label
  dialog.setAttribute('aria-label', label)
  dialog.showModal()
}
