// @ts-check
/** One line of the log as an element: a day, a fact, or a message with its file, mark, and what can be done about it. */

import { fileUrl } from './transfer.js'

/** @typedef {import('./lines.js').Line} Line */
/** @typedef {import('./state.js').Unsent} Unsent */
/**
 * @typedef {object} Context
 * @property {string} session_id
 * @property {number} limit in bytes
 * @property {import('./words.js').Words} words
 * @property {ReturnType<typeof import('./pictures.js').makePictures>} pictures
 * @property {ReturnType<typeof import('./notes.js').makeNotes>} notes
 * @property {(unsent: Unsent) => void} edit
 * @property {(unsent: Unsent) => void} remove
 */

const MARKS = { pending: ['…', 'Not sent yet'], sent: ['✓', 'Sent'], read: ['✓✓', 'Read'] }

/** Why something was not taken, by the server's code. @type {Record<string, string>} */
const REASONS = {
  text_too_long: 'Not sent: this is too long. Please shorten it or send it in parts.',
  session_ended: 'Not sent: the conversation has ended.',
  erased: 'Not sent: the conversation has ended.',
  file_type: 'Not sent: this kind of file isn’t accepted. Photos (JPEG, PNG, WebP), PDF files and voice notes are.',
  file_size: 'Not sent: the file is too large. At most {size} is possible.',
  too_large: 'Not sent: the file is too large. At most {size} is possible.',
  file_broken: 'Not sent: the file can’t be read. It may be damaged.',
}

/** @param {Line} line @param {Context} context @returns {HTMLLIElement} */
export function bubble(line, context) {
  const item = document.createElement('li')
  item.className = `line ${line.look}`
  if (line.look === 'day' || line.look === 'fact') fillNote(item, line, context)
  else fillMessage(item, line, context)
  return item
}

/**
 * Change an element in place where its line only went on its way: a screen reader shall not speak it again, nor a photo flicker.
 * Say whether that was possible.
 * @param {HTMLElement} item @param {Line} old @param {Line} line @param {import('./words.js').Words} words
 */
export function adapt(item, old, line, words) {
  const [before, after] = [old.unsent, line.unsent]
  if (line.name !== old.name || (before && before.refused) || (after && after.refused)) return false
  if (before && after && before.file && before.file === after.file) {
    const bar = item.querySelector('progress')
    if (bar) bar.value = after.progress || 0
    return bar !== null
  }
  if (!line.mark || (before && before.file)) return false
  item.dataset.state = line.mark
  if (line.message) item.dataset.seq = String(line.message.seq)
  if (line.look === 'mine') (item.querySelector('.foot') || item).replaceWith(foot(line, words))
  return true
}

/** @param {HTMLElement} item @param {Line} line @param {Context} context */
function fillNote(item, line, { words }) {
  if (line.message) item.dataset.kind = line.message.kind
  item.append(make('span', '', line.text))
  if (line.message) item.append(' ', clock(line, words))
}

/** @param {HTMLElement} item @param {Line} line @param {Context} context */
function fillMessage(item, line, context) {
  const { message, unsent, mark } = line
  item.dataset.testid = 'message'
  item.dataset.state = mark || 'sent'
  if (message) item.dataset.seq = String(message.seq)
  if (line.name) item.append(make('p', 'by', line.name))
  if (line.text) item.append(make('p', 'words', line.text))
  if (message && message.file) item.append(attachment(line, message.file, context))
  if (unsent && unsent.file) item.append(...travelling(unsent, unsent.file, context))
  if (unsent && unsent.refused) item.append(...refusal(unsent, unsent.refused, context))
  else item.append(foot(line, context.words))
}

/** @param {Line} line @param {import('./state.js').File} file @param {Context} context */
function attachment({ message, look }, file, { session_id, words, pictures, notes }) {
  if (message && file.type.startsWith('audio/')) return notes.ofFile(message, look === 'mine')
  if (message && file.type.startsWith('image/')) return pictures.ofFile(message, look === 'mine')
  const link = make('a', 'file')
  link.href = fileUrl(session_id, file.file_id)
  link.download = file.name
  link.setAttribute('aria-label', words.say('Download {name} ({size})', { name: file.name, size: words.size(file.size) }))
  link.append(...named(file, words))
  return link
}

/** @param {{name: string, size: number}} file @param {import('./words.js').Words} words */
function named(file, words) {
  const name = make('span', 'file-name', file.name)
  name.dir = 'auto'
  return [name, make('span', 'file-size', words.size(file.size))]
}

/** @param {Unsent} unsent @param {{name: string, size: number}} file @param {Context} context */
function travelling(unsent, file, { words, pictures, remove }) {
  const box = make('span', 'file')
  const isNote = unsent.file && unsent.file.type.startsWith('audio/')
  box.append(...named(isNote ? { ...file, name: words.say('Voice note') } : file, words))
  const picture = pictures.ofUnsent(unsent.client_id)
  if (unsent.refused) return [picture || box]
  const share = unsent.progress || 0
  const bar = make('progress', '')
  bar.value = share
  bar.setAttribute('aria-label', words.say('Sending'))
  const row = make('div', 'actions')
  row.append(bar, button(words.say('Cancel'), () => remove(unsent)))
  return [picture || box, row]
}

/** @param {Unsent} unsent @param {string} code @param {Context} context */
function refusal(unsent, code, { words, limit, edit, remove }) {
  const reason = make('p', 'reason', words.say(REASONS[code] || 'This could not be sent.', { size: words.size(limit) }))
  reason.setAttribute('role', 'alert')
  const actions = make('div', 'actions')
  if (unsent.text !== null) actions.append(button(words.say('Edit'), () => edit(unsent)))
  actions.append(button(words.say('Remove'), () => remove(unsent)))
  return [reason, actions]
}

/** @param {Line} line @param {import('./words.js').Words} words */
function foot(line, words) {
  const row = make('p', 'foot')
  row.append(clock(line, words))
  if (line.look === 'mine' && line.mark) {
    const [sign, meaning] = MARKS[line.mark]
    const mark = make('span', 'mark', sign)
    mark.setAttribute('aria-hidden', 'true')
    row.append(' ', mark, make('span', 'unseen', words.say(meaning)))
  }
  return row
}

/** @param {Line} line @param {import('./words.js').Words} words */
function clock({ at }, words) {
  const time = make('time', '', words.time(at))
  time.dateTime = new Date(at).toISOString()
  return time
}

/** @param {string} label @param {() => void} press */
function button(label, press) {
  const made = make('button', 'quiet', label)
  made.type = 'button'
  made.addEventListener('click', press)
  return made
}

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} look @param {string} [text] @returns {HTMLElementTagNameMap[T]} */
function make(tag, look, text = '') {
  const element = document.createElement(tag)
  if (look) element.className = look
  element.textContent = text
  if (look === 'words' || look === 'by') element.dir = 'auto'
  return element
}
