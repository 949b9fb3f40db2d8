// @ts-check
/** What the log shows, line by line: days, facts, messages, and at the end what is still unsent. Pure. */

import { isMine } from './state.js'
import { midnight } from './words.js'

/** @typedef {import('./state.js').Message} Message */
/** @typedef {import('./words.js').Words} Words */
/**
 * @typedef {object} Line
 * @property {string} key the same as long as it is the same line
 * @property {'day' | 'fact' | 'mine' | 'theirs'} look
 * @property {number} at milliseconds
 * @property {string} text
 * @property {Message | null} message
 * @property {import('./state.js').Unsent | null} unsent
 * @property {'pending' | 'sent' | 'read' | null} mark
 * @property {string} name of who wrote it, if it is the first of theirs in a row
 */

/** @param {import('./state.js').State} state @param {Words} words @param {number} now @returns {Line[]} */
export function lines(state, words, now) {
  /** @type {Line[]} */
  const all = []
  let last = ''
  for (const message of state.log) {
    const line = ofMessage(state, message, words)
    // A fact of a later protocol has no words here.
    if (line.look === 'fact' && !line.text) continue
    const author = message.sender && line.look === 'theirs' ? message.sender.id : line.look
    addDay(all, line.at, words, now)
    all.push(author === last ? { ...line, name: '' } : line)
    last = author
  }
  for (const item of state.unsent) {
    addDay(all, item.at, words, now)
    all.push(bare({ key: item.client_id, look: 'mine', at: item.at, text: item.text || '', unsent: item, mark: 'pending' }))
  }
  return all
}

/** @param {import('./state.js').State} state @param {Message} message @param {Words} words @returns {Line} */
function ofMessage(state, message, words) {
  const at = Date.parse(message.sent_at)
  if (message.kind !== 'text' && message.kind !== 'file') {
    return bare({ key: `seq ${message.seq}`, look: 'fact', at, text: factText(message, isMine(state, message), words), message })
  }
  const text = message.text || ''
  if (!isMine(state, message) || !state.session) {
    const name = message.sender ? message.sender.name : ''
    return bare({ key: `seq ${message.seq}`, look: 'theirs', at, text, message, mark: 'sent', name })
  }
  const mark = message.seq <= state.session.staff_read_seq ? 'read' : 'sent'
  return bare({ key: message.client_id || `seq ${message.seq}`, look: 'mine', at, text, message, mark })
}

/** Word a fact in the page's language. @param {Message} message @param {boolean} mine @param {Words} words */
export function factText({ kind, data, sender }, mine, words) {
  const { say, minutes } = words
  const name = sender ? sender.name : ''
  const person = data && data.name ? data : { name: '', role: '' }
  switch (kind) {
    case 'joined':
      return mine ? say('You have joined.') : say('{name} has joined.', { name })
    case 'left':
      return mine ? say('You have left.') : say('{name} has left.', { name })
    case 'told':
      return say('We will be with you in about {minutes}.', { minutes: minutes(data ? data.minutes : 0) })
    case 'started':
      return name ? say('{name} is here. The conversation has begun.', { name }) : say('The conversation goes on.')
    case 'resumed':
      return say('The conversation goes on.')
    case 'kept_open':
      return say('The conversation stays open. You can still write here.')
    case 'closed':
      return say('The conversation has ended.')
    case 'reopened':
      return say('The conversation is open again.')
    case 'person_added':
      return say('{name} ({role}) was added.', { name: person.name, role: say(person.role) })
    case 'person_removed':
      return say('{name} is no longer part of the conversation.', { name: person.name })
    case 'call_requested':
      return mine ? say('You asked for a call.') : say('{name} asked for a call.', { name })
    case 'call_started':
      return say('Call from {name}.', { name })
    case 'call_ended':
      return endOfCall(data || {}, words)
    default:
      return ''
  }
}

/** @param {Record<string, any>} data @param {Words} words */
function endOfCall({ outcome, seconds }, { say, span }) {
  switch (outcome) {
    case 'declined':
      return say('The call was declined.')
    case 'missed':
      return say('Nobody answered the call.')
    case 'cancelled':
      return say('The call ended before anybody answered.')
    case 'lost':
      return say('The call ended because the connection was lost.')
    default:
      return say('The call has ended. It lasted {time}.', { time: span(seconds || 0) })
  }
}

/** @param {Line[]} all @param {number} at @param {Words} words @param {number} now */
function addDay(all, at, words, now) {
  const day = midnight(at)
  const before = all.length ? midnight(all[all.length - 1].at) : midnight(now)
  if (day !== before) all.push(bare({ key: `day ${day}`, look: 'day', at, text: words.day(at, now) }))
}

/** @param {Partial<Line> & {key: string, look: Line['look'], at: number, text: string}} line @returns {Line} */
function bare(line) {
  return { message: null, unsent: null, mark: null, name: '', ...line }
}
