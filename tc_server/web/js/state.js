// @ts-check
/**
 * What the page knows, and how each frame changes it. Pure: no clock, no socket, no DOM. Frames from the server come as
 * the wire has them; what happens on this side comes as frames whose type begins with `my-`.
 */

/** @typedef {{id: string, role: string, name: string}} Sender */
/** @typedef {{file_id: string, name: string, type: string, size: number, seconds: number | null}} File `seconds` of a voice note */
/**
 * @typedef {object} Message an entry of the session's log
 * @property {string} session_id
 * @property {number} seq
 * @property {string | null} client_id
 * @property {string} kind
 * @property {Sender | null} sender
 * @property {string | null} text
 * @property {File | null} file
 * @property {Record<string, any> | null} data
 * @property {string} sent_at
 */
/**
 * @typedef {object} Session
 * @property {string} session_id
 * @property {string} state
 * @property {Sender} me
 * @property {Sender[]} people
 * @property {string} language
 * @property {number | null} place
 * @property {string | null} told_until
 * @property {number} first_seq
 * @property {number} last_seq
 * @property {number} staff_read_seq
 */
/**
 * @typedef {object} Unsent what was written or picked here and isn't in the log yet
 * @property {string} client_id
 * @property {number} at milliseconds
 * @property {string | null} text
 * @property {{name: string, type: string, size: number} | null} file
 * @property {number | null} progress 0 to 1 while a file travels
 * @property {string | null} refused the code of why it wasn't taken
 */
/** @typedef {'connecting' | 'online' | 'reconnecting' | 'offline'} Connection */
/**
 * @typedef {object} State
 * @property {Connection} connection
 * @property {Session | null} session
 * @property {Message[]} log in order of seq
 * @property {Unsent[]} unsent in the order of writing
 * @property {Record<string, {name: string, until: number}>} typing by sender
 * @property {import('./roster.js').Call | null} call the session's call, while it is live
 * @property {number} skew the server's clock minus this one's, in milliseconds
 */
/** @typedef {{type: string, [field: string]: any}} Frame */

export const TYPING_FADES = 5000
const OVER = ['closed', 'cancelled', 'erased']

/** @returns {State} */
export function nothing() {
  return { connection: 'connecting', session: null, log: [], unsent: [], typing: {}, call: null, skew: 0 }
}

/** @param {State} state @param {Frame} frame @param {number} now milliseconds @returns {State} */
export function reduce(state, frame, now) {
  const step = STEPS[frame.type]
  return step ? step(state, frame, now) : state
}

/** Tell how far the log is known without a gap. @param {State} state */
export function upTo({ log, session }) {
  let top = session ? session.first_seq - 1 : 0
  for (const { seq } of log) if (seq === top + 1) top = seq
  return Math.max(top, 0)
}

/** @param {State} state */
export function isOver({ session }) {
  return session !== null && OVER.includes(session.state)
}

/** List what is still to be sent, oldest first. @param {State} state */
export function toSend({ unsent }) {
  return unsent.filter((item) => item.text !== null && item.refused === null)
}

/** @type {Record<string, (state: State, frame: Frame, now: number) => State>} */
const STEPS = {
  hello(state, frame, now) {
    const known = { ...state, connection: /** @type {Connection} */ ('online'), skew: Date.parse(frame.server_time) - now }
    known.call = (frame.calls || [])[0] || null
    return frame.sessions.length ? withSession(known, frame.sessions[0]) : known
  },

  session(state, { type: _, ...session }) {
    return withSession(state, /** @type {Session} */ (session))
  },

  call(state, { type: _, ...call }) {
    return { ...state, call: call.state === 'ended' ? null : /** @type {import('./roster.js').Call} */ (call) }
  },

  place(state, { place }) {
    return state.session ? { ...state, session: { ...state.session, place } } : state
  },

  message(state, { type: _, ...message }) {
    return withMessage(state, /** @type {Message} */ (message))
  },

  typing(state, { sender }, now) {
    if (state.session && sender.id === state.session.me.id) return state
    return { ...state, typing: { ...state.typing, [sender.id]: { name: sender.name, until: now + TYPING_FADES } } }
  },

  read(state, { reader, seq }) {
    if (!state.session || reader.role !== 'staff') return state
    const staff_read_seq = Math.max(state.session.staff_read_seq, seq)
    return { ...state, session: { ...state.session, staff_read_seq } }
  },

  error(state, { client_id, code }) {
    return client_id ? changed(state, client_id, { refused: code, progress: null }) : state
  },

  'my-link'(state, { connection }) {
    return { ...state, connection }
  },

  'my-words'(state, { client_id, text }, now) {
    return withUnsent(state, { client_id, text, file: null, at: now, progress: null, refused: null })
  },

  'my-file'(state, { client_id, file }, now) {
    return withUnsent(state, { client_id, text: null, file, at: now, progress: 0, refused: null })
  },

  'my-progress'(state, { type: _, client_id, ...change }) {
    return changed(state, client_id, change)
  },

  'my-removal'(state, { client_id }) {
    return { ...state, unsent: state.unsent.filter((item) => item.client_id !== client_id) }
  },
}

/** @param {State} state @param {Session} session @returns {State} */
function withSession(state, session) {
  const next = { ...state, session }
  // What is over leaves nothing on the screen; should it be opened again, the log is fetched anew.
  return isOver(next) ? { ...next, log: [], typing: {}, call: null } : next
}

/** @param {State} state @param {Message} message @returns {State} */
function withMessage(state, message) {
  const unsent = message.client_id && isMine(state, message)
    ? state.unsent.filter((item) => item.client_id !== message.client_id)
    : state.unsent
  const { [message.sender ? message.sender.id : '']: _, ...typing } = state.typing
  return { ...state, unsent, typing, log: isOver(state) ? state.log : inserted(state.log, message) }
}

/** @param {Pick<State, 'session'>} state @param {{sender: Sender | null}} message */
export function isMine({ session }, { sender }) {
  return session !== null && sender !== null && sender.id === session.me.id
}

/** @param {Message[]} log @param {Message} message @returns {Message[]} */
function inserted(log, message) {
  let place = log.length
  while (place > 0 && log[place - 1].seq > message.seq) place -= 1
  if (place > 0 && log[place - 1].seq === message.seq) return log
  return [...log.slice(0, place), message, ...log.slice(place)]
}

/** @param {State} state @param {Unsent} item @returns {State} */
function withUnsent(state, item) {
  const known = state.unsent.some(({ client_id }) => client_id === item.client_id)
  const sent = state.log.some((message) => message.client_id === item.client_id && isMine(state, message))
  return known || sent ? state : { ...state, unsent: [...state.unsent, item] }
}

/** @param {State} state @param {string} id @param {Partial<Unsent>} change @returns {State} */
function changed(state, id, change) {
  return { ...state, unsent: state.unsent.map((item) => (item.client_id === id ? { ...item, ...change } : item)) }
}
