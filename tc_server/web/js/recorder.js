// @ts-check
/**
 * The voice note: held down it records, let go it is sent; a tap or a key starts it, another one sends it. For those who
 * would rather speak than write. The room gets a finished file.
 */

import { at } from './render.js'
import { explained, troubleOf } from './trouble.js'

const KINDS = [['audio/webm;codecs=opus', 'webm'], ['audio/mp4', 'm4a'], ['audio/ogg;codecs=opus', 'ogg']]
const BITS_PER_SECOND = 16_000
/** Shorter than this is a tap, not a hold, in milliseconds. */
const TAP = 500
const LONGEST = 5 * 60_000

/**
 * @param {object} room
 * @param {import('./words.js').Words} room.words
 * @param {(file: File) => void} room.send
 */
export function makeRecorder({ words, send }) {
  const button = /** @type {HTMLButtonElement} */ (at('voice-note'))
  const [row, time, cancel] = strip(words)
  const sign = button.querySelector('path')
  const [speaks, sends] = [sign, at('send').querySelector('path')].map((path) => path?.getAttribute('d') || '')
  let pressed = 0
  /** @type {{recorder: MediaRecorder, chunks: Blob[], since: number, ending: ReturnType<typeof setTimeout>} | null} */
  let now = null
  let asking = false
  let ticking = 0

  button.before(row)
  button.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    // The button moves to where Send was: letting go beside it is letting go, too.
    button.setPointerCapture(event.pointerId)
    pressed = Date.now()
    if (!now) void begin()
  })
  button.addEventListener('pointerup', () => {
    if (now && now.since < pressed) finish()
    else if (pressed && Date.now() - pressed >= TAP) letGo()
  })
  // Keys and screen readers click without a pointer.
  button.addEventListener('click', (event) => {
    if (event.detail === 0) toggle()
  })
  button.addEventListener('contextmenu', (event) => event.preventDefault())
  cancel.addEventListener('click', drop)
  at('write').addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && now) drop()
  })
  return { begin, stop: drop }

  function toggle() {
    if (now) finish()
    else void begin()
  }

  /** A hold that ended before the browser had asked for the microphone leaves nothing to send. */
  function letGo() {
    if (now) finish()
    else asking = false
  }

  async function begin() {
    if (asking) return
    asking = true
    complain('')
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } })
      if (!asking) return stopTracks(stream)
      record(stream)
    } catch (error) {
      complain(words.say(explained('audio', troubleOf(error))))
    } finally {
      asking = false
    }
  }

  /** @param {MediaStream} stream */
  function record(stream) {
    const [mimeType] = KINDS.find(([kind]) => MediaRecorder.isTypeSupported(kind)) || ['']
    const recorder = new MediaRecorder(stream, { ...(mimeType && { mimeType }), audioBitsPerSecond: BITS_PER_SECOND })
    /** @type {Blob[]} */
    const chunks = []
    recorder.ondataavailable = ({ data }) => chunks.push(data)
    recorder.start(1000)
    now = { recorder, chunks, since: Date.now(), ending: setTimeout(finish, LONGEST) }
    show(true)
  }

  /** Stop, and send what was said. */
  function finish() {
    if (!now) return
    const { recorder, chunks } = now
    recorder.onstop = () => {
      const kind = recorder.mimeType || 'audio/webm'
      const [, ending] = KINDS.find(([known]) => kind.startsWith(known.split(';')[0])) || ['', 'webm']
      send(new File(chunks, `voice-note.${ending}`, { type: kind.split(';')[0] }))
    }
    end()
  }

  function drop() {
    if (!now) return
    now.recorder.onstop = null
    end()
  }

  function end() {
    if (!now) return
    clearTimeout(now.ending)
    now.recorder.stop()
    stopTracks(now.recorder.stream)
    now = null
    show(false)
    button.focus()
  }

  /** @param {boolean} on */
  function show(on) {
    at('write').classList.toggle('recording', on)
    row.hidden = !on
    button.title = words.say(on ? 'Send the voice note' : 'Record a voice note')
    button.setAttribute('aria-label', button.title)
    sign?.setAttribute('d', on ? sends : speaks)
    clearInterval(ticking)
    tick()
    if (on) ticking = setInterval(tick, 500)
  }

  function tick() {
    time.textContent = words.duration(now ? (Date.now() - now.since) / 1000 : 0)
  }

  /** @param {string} what */
  function complain(what) {
    const notice = at('notice')
    if (!what && !notice.dataset.voice) return
    notice.hidden = !what
    notice.textContent = what
    notice.dataset.voice = what && 'said'
  }
}

/** @param {MediaStream} stream */
function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop()
}

/** Make what stands in place of the words while one speaks. @param {import('./words.js').Words} words */
function strip(words) {
  const row = document.createElement('div')
  row.className = 'speaking'
  row.hidden = true
  const said = document.createElement('span')
  said.setAttribute('role', 'status')
  said.textContent = words.say('Recording…')
  const time = document.createElement('span')
  time.className = 'time'
  const cancel = document.createElement('button')
  cancel.type = 'button'
  cancel.className = 'quiet'
  cancel.textContent = words.say('Cancel')
  row.append(said, time, cancel)
  return /** @type {const} */ ([row, time, cancel])
}
