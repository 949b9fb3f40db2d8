// @ts-check
/** Elements made by script: texts are texts, buttons are buttons, signs are drawn here. */

/** The signs, as paths of a field of 24 by 24. */
const SIGNS = {
  phone: 'M6.5 3.5 9.5 4l1.3 4-2 1.8a12 12 0 0 0 5.4 5.4l1.8-2 4 1.3.5 3c.2 1.6-1 2.9-2.5 3C10.5 20.5 3.5 13.5 3.5 6c.1-1.5 1.4-2.7 3-2.5z',
  down: 'M3 14.5c-.6-1.5-.4-2.9.7-3.9C5.8 8.8 8.8 8 12 8s6.2.8 8.3 2.6c1.1 1 1.3 2.4.7 3.9l-.4 1-4.3-1-.5-2.7a13 13 0 0 0-7.6 0l-.5 2.7-4.3 1z',
  voice: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21',
  mute: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21M4 3l16 18',
  camera: 'M4.5 6.5h9A1.5 1.5 0 0 1 15 8v8a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.5-1.5zM15 11l6-3.5v9L15 13',
  blind: 'M4.5 6.5h9A1.5 1.5 0 0 1 15 8v8a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.5-1.5zM15 11l6-3.5v9L15 13M3 3l17 18',
  flip: 'M4 12a8 8 0 0 1 13.5-5.8L20 8.5M20 4v4.5h-4.5M20 12a8 8 0 0 1-13.5 5.8L4 15.5M4 20v-4.5h4.5',
  screen: 'M4 4.5h16v11.5H4zM8.5 20h7M12 13.5v-6M9.5 9.5 12 7l2.5 2.5',
}
/** @typedef {keyof typeof SIGNS} Sign */

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} look @param {string} [text] @returns {HTMLElementTagNameMap[T]} */
export function make(tag, look, text = '') {
  const element = document.createElement(tag)
  if (look) element.className = look
  if (text) element.textContent = text
  return element
}

/** @param {string} look @param {string} label @param {() => void} press @param {Sign} [sign] */
export function button(look, label, press, sign) {
  const made = make('button', look)
  made.type = 'button'
  if (sign) made.append(drawing(sign))
  made.append(make('span', 'label', label))
  made.addEventListener('click', press)
  return made
}

/** Change what a button says and shows, only where it differs. @param {HTMLElement} button @param {string} label @param {Sign} sign */
export function relabel(button, label, sign) {
  say(/** @type {HTMLElement} */ (button.querySelector('.label')), label)
  const path = button.querySelector('path')
  if (path && path.getAttribute('d') !== SIGNS[sign]) path.setAttribute('d', SIGNS[sign])
}

/** @param {Sign} sign */
export function drawing(sign) {
  // The page has drawings of its own; theirs is the namespace.
  const { namespaceURI } = /** @type {Element} */ (document.querySelector('svg'))
  const svg = document.createElementNS(namespaceURI, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(namespaceURI, 'path')
  path.setAttribute('d', SIGNS[sign])
  svg.append(path)
  return svg
}

/** Change a text only where it differs: screen readers speak what changes. @param {HTMLElement} element @param {string} text */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text
}
