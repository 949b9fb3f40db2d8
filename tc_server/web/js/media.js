// @ts-check
/** This device's own microphone, camera and screen: asked for, switched on and off, let go. */

import { troubleOf } from './trouble.js'

/** @typedef {'off' | 'asking' | 'on' | import('./trouble.js').Trouble} Condition */

const VOICE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 }
const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 20, max: 24 } }

/** @typedef {ReturnType<typeof makeMedia>} Media */

/** @param {() => void} changed @param {boolean} sharp whether the camera's picture is to keep its detail rather than its motion */
export function makeMedia(changed, sharp) {
  /** @type {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null, screen: MediaStreamTrack | null}} */
  const tracks = { audio: null, video: null, screen: null }
  /** @type {{audio: Condition, video: Condition}} */
  const conditions = { audio: 'off', video: 'off' }
  let [muted, cameras, closed] = [false, 0, false]
  let facing = 'user'
  /** The very camera, where its way of looking doesn't tell it from others. @type {MediaTrackConstraints | null} */
  let chosen = null

  return {
    open,
    mute,
    camera,
    flip,
    share,
    tracks: () => ({ audio: tracks.audio, video: tracks.screen || tracks.video }),
    sending: () => ({
      audio: tracks.audio !== null && !muted, video: (tracks.screen || tracks.video) !== null, screen: tracks.screen !== null,
    }),
    conditions: () => ({ ...conditions }),
    muted: () => muted,
    cameras: () => cameras,
    facing: () => tracks.video?.getSettings().facingMode || facing,
    close,
  }

  /** Ask for the microphone, or for the camera. @param {'audio' | 'video'} kind */
  async function open(kind) {
    drop(kind)
    if (!navigator.mediaDevices?.getUserMedia) return settle(kind, 'unsupported')
    settle(kind, 'asking')
    try {
      const wanted = kind === 'audio' ? { audio: VOICE } : { video: { ...PICTURE, ...(chosen || { facingMode: facing }) } }
      const [track] = (await navigator.mediaDevices.getUserMedia(wanted)).getTracks()
      if (closed || (kind === 'video' && conditions.video !== 'asking')) return track.stop()
      tracks[kind] = track
      track.enabled = kind === 'video' || !muted
      track.contentHint = kind === 'audio' ? 'speech' : sharp ? 'detail' : 'motion'
      // Unplugged, taken by a phone call, or forbidden meanwhile.
      track.onended = () => {
        drop(kind)
        settle(kind, 'failed')
      }
      await count()
      settle(kind, 'on')
    } catch (error) {
      // It may have been unplugged: the next try takes whichever there is.
      if (kind === 'video') chosen = null
      settle(kind, troubleOf(error))
    }
  }

  /** @param {boolean} now */
  function mute(now) {
    muted = now
    if (tracks.audio) tracks.audio.enabled = !now
    changed()
  }

  /** @param {boolean} on */
  async function camera(on) {
    if (on) return open('video')
    drop('video')
    settle('video', 'off')
  }

  /** The other camera: on a phone the one that looks away from, or at, the person; of those that don't say so, the next. */
  async function flip() {
    const shown = tracks.video?.getSettings()
    if (!shown || conditions.video !== 'on') return
    chosen = null
    if (shown.facingMode) {
      facing = shown.facingMode === 'user' ? 'environment' : 'user'
      await open('video')
      if (tracks.video?.getSettings().deviceId !== shown.deviceId) return
    }
    const all = (await devices()).map(({ deviceId }) => deviceId)
    const deviceId = all[(all.indexOf(shown.deviceId || '') + 1) % all.length]
    if (deviceId) chosen = { deviceId: { exact: deviceId } }
    await open('video')
  }

  /** Show the screen in place of the camera, or stop that; who changes their mind in the browser's dialog changes nothing. */
  async function share() {
    if (tracks.screen) return unshare()
    const picked = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 8 } }).catch(() => null)
    if (!picked || closed) return
    tracks.screen = picked.getVideoTracks()[0]
    tracks.screen.contentHint = 'detail'
    tracks.screen.onended = unshare
    changed()
  }

  function unshare() {
    tracks.screen?.stop()
    tracks.screen = null
    changed()
  }

  async function count() {
    cameras = (await devices()).length
  }

  async function devices() {
    const all = await navigator.mediaDevices.enumerateDevices().catch(() => [])
    return all.filter(({ kind }) => kind === 'videoinput')
  }

  /** @param {'audio' | 'video'} kind */
  function drop(kind) {
    const track = tracks[kind]
    tracks[kind] = null
    if (!track) return
    track.onended = null
    track.stop()
  }

  /** @param {'audio' | 'video'} kind @param {Condition} condition */
  function settle(kind, condition) {
    conditions[kind] = condition
    if (!closed) changed()
  }

  function close() {
    closed = true
    drop('audio')
    drop('video')
    tracks.screen?.stop()
  }
}
