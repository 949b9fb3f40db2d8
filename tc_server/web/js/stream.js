// @ts-check
/**
 * The live link: opens the socket, keeps it alive, opens it again when it breaks. Knows nothing of what the frames mean
 * and never touches the page.
 */

/** @typedef {import('./state.js').Frame} Frame */
/** @typedef {import('./state.js').Connection} Connection */
/**
 * @typedef {object} Listener
 * @property {(frame: Frame) => void} frame
 * @property {(connection: Connection) => void} link how the link is, except `online`, which the first frame tells
 * @property {() => void} refused the server doesn't know us any more: no use trying again
 */

export const PING_EVERY = 20_000
export const SILENCE = 45_000
const ANSWER_WITHIN = 6_000
const NOT_LOGGED_IN = 4401
const WRONG_ORIGIN = 4403

/**
 * Tell how many milliseconds to wait before try number `attempt` (from 0): longer each time, spread out so that after
 * a restart not everybody comes at once.
 * @param {number} attempt
 */
export function backOff(attempt, random = Math.random()) {
  return Math.min(16_000, 1000 * 2 ** attempt) * (0.5 + random / 2)
}

/** @param {string} url @param {Listener} listener */
export function openStream(url, listener) {
  let attempt = 0
  let heard = 0
  let live = false
  let ended = false
  /** @type {WebSocket | null} */
  let socket = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let retry
  const beat = setInterval(keepAlive, PING_EVERY)
  connect()
  return { send, wake, lost, end }

  /** Send a frame if the link is up; say whether it was. @param {Frame} frame */
  function send(frame) {
    if (!live || !socket) return false
    socket.send(JSON.stringify(frame))
    return true
  }

  /** The phone woke up or the network came back: find out at once whether the link still is one. */
  function wake() {
    if (ended) return
    if (!live) {
      attempt = 0
      again(0)
      return
    }
    const asked = Date.now()
    send({ type: 'ping' })
    setTimeout(() => {
      if (live && heard < asked) drop()
    }, ANSWER_WITHIN)
  }

  /** The network has gone: a socket seldom survives that, and doesn't say so for minutes. */
  function lost() {
    if (ended) return
    letGo()
    again(backOff(attempt++))
  }

  function end() {
    ended = true
    clearInterval(beat)
    clearTimeout(retry)
    letGo()
  }

  function connect() {
    letGo()
    heard = Date.now()
    socket = new WebSocket(url)
    socket.onmessage = ({ data }) => hear(JSON.parse(data))
    socket.onclose = ({ code }) => closed(code)
  }

  /** @param {Frame} frame */
  function hear(frame) {
    heard = Date.now()
    if (frame.type === 'hello') {
      live = true
      attempt = 0
    }
    listener.frame(frame)
  }

  /** @param {number} code */
  function closed(code) {
    live = false
    if (code === NOT_LOGGED_IN || code === WRONG_ORIGIN) {
      end()
      listener.refused()
    } else {
      again(backOff(attempt++))
    }
  }

  /** @param {number} delay milliseconds */
  function again(delay) {
    listener.link(navigator.onLine === false ? 'offline' : 'reconnecting')
    clearTimeout(retry)
    retry = setTimeout(connect, delay)
  }

  function keepAlive() {
    if (!socket) return
    if (Date.now() - heard > SILENCE) drop()
    else send({ type: 'ping' })
  }

  /** A dead socket may take minutes to close: don't wait for it. */
  function drop() {
    letGo()
    again(0)
  }

  function letGo() {
    live = false
    if (!socket) return
    socket.onmessage = socket.onclose = null
    socket.close()
    socket = null
  }
}
