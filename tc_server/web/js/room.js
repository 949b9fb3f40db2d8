// @ts-check
/** The live room: brings stream, state, screen, outbox and uploads together, and says what follows from which frame. */

import { makeBell } from './bell.js'
import { makeComposer } from './composer.js'
import { confirmed, showUnsent } from './farewell.js'
import { openOutbox } from './outbox.js'
import { makeNotes } from './notes.js'
import { makePictures } from './pictures.js'
import { at, makeScreen } from './render.js'
import { isMine, isOver, nothing, reduce, toSend, TYPING_FADES, upTo } from './state.js'
import { openStream } from './stream.js'
import { makeUploads } from './upload.js'
import { inLanguage } from './words.js'

const LONGEST = 20_000
/** Refusals that pass: the words stay pending and are sent again. */
const PASSING = ['slow_down', 'unavailable', 'internal', 'too_slow']

/**
 * @param {object} entrance
 * @param {string} entrance.id of the session
 * @param {import('./state.js').Session | null} entrance.session null if not known yet
 * @param {import('./words.js').Settings} entrance.settings
 * @param {AudioContext | undefined} entrance.audio
 * @param {(reason: string) => void} entrance.stop show why there is no room any more
 * @param {() => void} entrance.joinAgain
 * @param {() => void} entrance.comeBack show the room again
 */
export async function open({ id, session, settings, audio, stop, joinAgain, comeBack }) {
  const words = inLanguage(settings)
  const outbox = await openOutbox(id)
  const bell = makeBell(audio)
  const pictures = makePictures(id, words)
  const notes = makeNotes(id, words)
  const picker = /** @type {HTMLInputElement} */ (at('attach'))
  const uploads = makeUploads({ session_id: id, limit: settings.max_file, newId, tell, preview: pictures.preview })
  const draw = makeScreen({ session_id: id, limit: settings.max_file, words, pictures, notes, edit, remove })
  /** @type {ReturnType<typeof import('./recorder.js').makeRecorder> | null} */
  let recorder = null
  let state = nothing()
  let drawing = false
  let syncing = false
  let caughtUp = false
  let readSent = 0
  let gone = false
  /** @type {Promise<Awaited<ReturnType<typeof import('./phone.js').makePhone>> | null> | undefined} */
  let phone

  for (const { client_id, text } of await outbox.all()) tell({ type: 'my-words', client_id, text })
  if (session) tell({ ...session, type: 'session' })
  const composer = await makeComposer({ outbox, write, typing: () => stream.send({ type: 'typing', session_id: id }) })
  at('notice').hidden = outbox.lasting
  at('notice').textContent = words.say('This browser can’t keep unsent messages. Please keep this page open until they are sent.')

  const stream = openStream(streamUrl(id), {
    frame: tell,
    link: (connection) => tell({ type: 'my-link', connection }),
    refused: () => (isOver(state) ? undefined : close(joinAgain)),
  })
  listen()
  return { vanish }

  /** Everything that happens comes through here. @param {import('./state.js').Frame} frame */
  function tell(frame) {
    const before = state
    if (frame.type === 'error' && PASSING.includes(frame.code)) setTimeout(flush, 4000)
    else state = reduce(state, frame, Date.now())
    follow(frame, before)
    if (document.hidden) {
      redraw()
    } else if (!drawing) {
      drawing = true
      requestAnimationFrame(redraw)
    }
  }

  function redraw() {
    drawing = false
    if (!gone) draw(state, Date.now())
  }

  /** @param {import('./state.js').Frame} frame @param {import('./state.js').State} before */
  function follow(frame, before) {
    if (frame.type === 'hello') resume()
    if (frame.type === 'hello' || frame.type === 'session') turn(before)
    if (frame.type === 'synced') synced(frame.seq, frame.last_seq)
    if (frame.type === 'message') arrived(frame, before)
    if (['hello', 'session', 'call', 'signal'].includes(frame.type) && (phone || state.call)) void ring(frame)
    if (frame.type === 'typing') setTimeout(redraw, TYPING_FADES + 50)
  }

  /** @param {import('./state.js').Frame} frame */
  async function ring(frame) {
    const known = state
    phone = phone || makePhone()
    const ours = await phone
    if (!gone) ours?.hear(known, frame)
  }

  /** Few are called, so what calls need is fetched when the first one comes. */
  async function makePhone() {
    try {
      const { makePhone: make } = await import('./phone.js')
      const refocus = () => at('chat').focus({ preventScroll: true })
      return await make({ id, settings, bell, host: at('calls'), send: stream.send, refocus })
    } catch (error) {
      // A module that failed to load stays failed until the page is loaded anew.
      console.error(error)
      if (state.call) setTimeout(() => !gone && location.reload(), 3000)
      return null
    }
  }

  /** What records is fetched when somebody first speaks; that press begins, the browser asks for the microphone anyway. */
  async function firstNote() {
    at('voice-note').removeEventListener('click', firstNote)
    try {
      const { makeRecorder } = await import('./recorder.js')
      if (gone || recorder) return
      recorder = makeRecorder({ words, send: (file) => uploads.pick([file]) })
      void recorder.begin()
    } catch {
      at('voice-note').addEventListener('click', firstNote)
    }
  }

  async function askForCall() {
    const ask = at('call-request')
    if (ask.getAttribute('aria-disabled') === 'true') return
    ask.setAttribute('aria-disabled', 'true')
    phone = phone || makePhone()
    const ours = await phone
    if (!(await ours?.request())) redraw()
  }

  function resume() {
    syncing = false
    readSent = 0
    if (isOver(state)) return
    sync(upTo(state))
    flush()
    uploads.resume()
  }

  /** @param {number} seq */
  function sync(seq) {
    syncing = stream.send({ type: 'sync', sessions: { [id]: seq } })
  }

  /** @param {number} seq @param {number} last */
  function synced(seq, last) {
    syncing = false
    if (seq < last) return sync(seq)
    caughtUp = true
    markRead()
  }

  /** The session may have ended, or come back to life. @param {import('./state.js').State} before */
  function turn(before) {
    if (!state.session) return
    if (isOver(state) && !isOver(before)) {
      showUnsent([...toSend(state).map(({ text }) => text || ''), composer.text()].filter(Boolean))
      outbox.wipe()
      quiet()
      stop(state.session.state === 'cancelled' ? 'link_revoked' : 'session_ended')
    } else if (!isOver(state) && isOver(before)) {
      showUnsent([])
      comeBack()
      bell.ring()
      resume()
    }
  }

  /** @param {import('./state.js').Frame} message @param {import('./state.js').State} before */
  function arrived(message, before) {
    const mine = isMine(state, /** @type {any} */ (message))
    if (mine && message.client_id) outbox.drop(message.client_id)
    if (before.log === state.log) return
    if (message.seq > upTo(state) && !syncing) sync(upTo(state))
    // What a reload shows again is no news; what came while the phone slept is.
    if (caughtUp && (message.kind === 'started' || message.kind === 'resumed')) bell.ring()
    else if (caughtUp && !mine && message.text) bell.mark()
    markRead()
  }

  function markRead() {
    const seq = upTo(state)
    if (document.hidden || syncing || isOver(state) || seq <= readSent) return
    if (stream.send({ type: 'read', session_id: id, seq })) readSent = seq
  }

  /** Send what is unsent, in the order of writing; what the server has already it answers without doubling. */
  function flush() {
    if (!isOver(state)) for (const item of toSend(state)) sendWords(item)
  }

  /** @param {{client_id: string, text: string | null}} item */
  function sendWords({ client_id, text }) {
    stream.send({ type: 'send', client_id, session_id: id, text })
  }

  /** @param {string} text */
  function write(text) {
    const client_id = newId()
    tell({ type: 'my-words', client_id, text })
    if (text.length > LONGEST) {
      tell({ type: 'error', client_id, code: 'text_too_long' })
      return
    }
    outbox.keep({ client_id, session_id: id, text, at: Date.now() })
    sendWords({ client_id, text })
  }

  /** Take refused words back into the composer. @param {import('./state.js').Unsent} unsent */
  function edit({ client_id, text }) {
    composer.putBack(text)
    forget(client_id)
    composer.focus()
  }

  /** @param {import('./state.js').Unsent} unsent */
  function remove({ client_id, file }) {
    if (file) uploads.remove(client_id)
    else forget(client_id)
    composer.focus()
  }

  /** @param {string} client_id */
  function forget(client_id) {
    outbox.drop(client_id)
    tell({ type: 'my-removal', client_id })
  }

  async function leave() {
    const losing = composer.text() || state.unsent.some(({ refused }) => refused === null)
    if (losing && (!(await confirmed()) || isOver(state))) return
    composer.clear()
    fetch(`/api/v1/sessions/${id}/leave`, { method: 'POST', keepalive: true }).catch(() => undefined)
    close(() => stop('left'))
    outbox.wipe()
  }

  /** @param {() => void} then */
  function close(then) {
    void phone?.then((ours) => ours?.vanish())
    phone = undefined
    stream.end()
    uploads.stop()
    quiet()
    state = nothing()
    redraw()
    then()
  }

  /** Let go of everything; what there was to draw on is about to go, too. */
  function vanish() {
    gone = true
    void phone?.then((ours) => ours?.vanish())
    stream.end()
    uploads.stop()
    quiet()
  }

  /** Let go of what is seen and heard. */
  function quiet() {
    pictures.forget()
    notes.forget()
    if (recorder) recorder.stop()
  }

  function listen() {
    picker.addEventListener('change', () => {
      uploads.pick([...(picker.files || [])])
      picker.value = ''
    })
    at('leave').addEventListener('click', leave)
    at('voice-note').hidden = !canRecord()
    at('voice-note').addEventListener('click', firstNote)
    at('call-request').addEventListener('click', askForCall)
    addEventListener('online', stream.wake)
    addEventListener('offline', stream.lost)
    addEventListener('pageshow', ({ persisted }) => persisted && stream.wake())
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) return
      stream.wake()
      markRead()
    })
    setInterval(redraw, 10_000)
    composer.begin()
  }
}

/** Tell whether this browser can record: over https, or on this very machine. */
function canRecord() {
  return typeof MediaRecorder === 'function' && Boolean(navigator.mediaDevices && navigator.mediaDevices.getUserMedia)
}

/** @param {string} id */
function streamUrl(id) {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/stream?session=${id}`
}

/** Make a client id of 128 random bits (plain http has no `randomUUID`). */
function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
