// @ts-check
/** What goes out over one connection: which tracks, in which codecs, at which rates. Negotiates nothing. */

import { FIRST, tuned } from './bitrate.js'

/** @typedef {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} Tracks */
/** @typedef {{limit: number, held: boolean, heldByThem: boolean, screen: boolean}} Wishes */

export const KINDS = /** @type {const} */ (['audio', 'video'])
/** Few are offered: each costs bytes in every description, and these every browser has. */
const CODECS = { audio: /\/opus$/i, video: /\/(VP8|H264|rtx)$/i }

/** @param {RTCPeerConnection} pc @param {Tracks} tracks @param {boolean} screen whether the picture is one of a screen */
export function makeSenders(pc, tracks, screen) {
  const own = { ...tracks }
  /** @type {Wishes} */
  let wishes = { limit: FIRST, held: false, heldByThem: false, screen }

  return { adopt, swap, tune, wishes: () => wishes, wish }

  /** Take what was agreed on as ours: codecs, direction, tracks. */
  async function adopt() {
    for (const transceiver of pc.getTransceivers()) {
      const kind = /** @type {'audio' | 'video'} */ (transceiver.receiver.track.kind)
      const known = RTCRtpReceiver.getCapabilities?.(kind)?.codecs.filter(({ mimeType }) => CODECS[kind].test(mimeType))
      if (known?.length && transceiver.setCodecPreferences) transceiver.setCodecPreferences(known)
      transceiver.direction = 'sendrecv'
      await transceiver.sender.replaceTrack(own[kind])
    }
  }

  /** Send other tracks than before, without a word to the other side. @param {Tracks} tracks */
  async function swap(tracks) {
    for (const kind of KINDS) {
      if (own[kind] === tracks[kind]) continue
      own[kind] = tracks[kind]
      for (const sender of ofKind(kind)) await sender.replaceTrack(own[kind])
    }
    await tune()
  }

  /** Note wishes; they hold from the next `tune` on. @param {Partial<Wishes>} change */
  function wish(change) {
    wishes = { ...wishes, ...change }
  }

  async function tune() {
    const { limit, held, heldByThem, screen } = wishes
    for (const kind of KINDS) {
      for (const sender of ofKind(kind)) {
        const parameters = sender.getParameters()
        if (!parameters.encodings?.length) continue
        // What a track is for says what it is to keep: a screen its detail, a face its motion unless the operator wishes otherwise.
        const sharp = sender.track?.contentHint === 'detail'
        await sender.setParameters(tuned(parameters, { kind, limit, held: held || heldByThem, screen, sharp })).catch(() => undefined)
      }
    }
  }

  /** @param {'audio' | 'video'} kind */
  function ofKind(kind) {
    return pc.getTransceivers().filter(({ receiver }) => receiver.track.kind === kind).map(({ sender }) => sender)
  }
}
