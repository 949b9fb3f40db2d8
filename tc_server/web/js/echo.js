// @ts-check
/** The echo at the other end: called, spoken to, measured. What came is counted here and judged elsewhere. */

import { FIRST, tuned } from './bitrate.js'
import { roundTrip, throughput } from './figures.js'
import { preferVoice, relayedOnly } from './sdp.js'

/** @typedef {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} Tracks */
/** @typedef {import('./figures.js').Figures} Figures */
/** @typedef {Awaited<ReturnType<typeof callEcho>>} Echo */

const GATHERING = 6000
const CONNECTING = 12_000
const PINGS = { every: 60, count: 60, bytes: 32, late: 1500 }
/** A phone's data costs money: at most a megabit a second for three seconds, and none that piles up. */
const LOAD = { every: 16, bytes: 1000, each: 2, seconds: 3, settle: 1, pile: 16_000 }
const TALK = { every: 100, lasts: 5000 }

/** The echo can't be reached. */
export class NoEcho extends Error {}

/**
 * Connect to the echo. Raises NoEcho, and what `ask` raises.
 * @param {{servers: RTCIceServer[], policy: 'all' | 'relay', tracks: Tracks, ask: (sdp: string) => Promise<string>, sound: (stream: MediaStream) => void}} line
 */
export async function callEcho({ servers, policy, tracks, ask, sound }) {
  const connection = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: policy, bundlePolicy: 'max-bundle' })
  const channel = connection.createDataChannel('ping', { ordered: false, maxRetransmits: 0 })
  channel.binaryType = 'arraybuffer'
  const back = new MediaStream()
  connection.ontrack = ({ track }) => {
    back.addTrack(track)
    sound(back)
  }
  // Agreed on now, sent later: what is said and shown would take its share of what is measured.
  const senders = [tracks.audio, tracks.video].flatMap((track) => (track ? [{ track, sender: connection.addTransceiver(track.kind).sender }] : []))
  try {
    await connection.setLocalDescription(await connection.createOffer())
    await gathered(connection)
    const sdp = connection.localDescription?.sdp || ''
    const answer = await ask(policy === 'relay' ? relayedOnly(sdp) : sdp)
    await connection.setRemoteDescription({ type: 'answer', sdp: preferVoice(answer) })
    await opened(connection, channel)
  } catch (error) {
    connection.close()
    throw error
  }
  return { ping, load, talk, transport, close: () => connection.close() }

  /** Send small things at an even pace, and see when which come back. @param {(share: number) => void} progress */
  async function ping(progress) {
    /** @type {Map<number, number>} */
    const sentAt = new Map()
    /** @type {number[]} */
    const trips = []
    channel.onmessage = ({ data }) => {
      const number = new DataView(data).getUint32(0)
      const at = sentAt.get(number)
      if (at !== undefined) trips.push(performance.now() - at)
      sentAt.delete(number)
    }
    for (let number = 0; number < PINGS.count; number += 1) {
      const view = new DataView(new ArrayBuffer(PINGS.bytes))
      view.setUint32(0, number)
      sentAt.set(number, performance.now())
      if (channel.readyState === 'open') channel.send(view.buffer)
      progress(number / PINGS.count)
      await pause(PINGS.every)
    }
    for (let waited = 0; sentAt.size > 0 && waited < PINGS.late; waited += PINGS.every) await pause(PINGS.every)
    return roundTrip(trips, PINGS.count)
  }

  /** Send as much as goes through, up to a limit. @param {(share: number) => void} progress @returns {Promise<number>} kbit/s */
  async function load(progress) {
    /** @type {{at: number, bytes: number}[]} */
    const arrivals = []
    channel.onmessage = ({ data }) => arrivals.push({ at: performance.now(), bytes: data.byteLength })
    const begun = performance.now()
    const ends = begun + LOAD.seconds * 1000
    for (let now = begun; now < ends; now = performance.now()) {
      for (let each = 0; each < LOAD.each && channel.readyState === 'open' && channel.bufferedAmount < LOAD.pile; each += 1) {
        channel.send(new ArrayBuffer(LOAD.bytes))
      }
      progress((now - begun) / (ends - begun))
      await pause(LOAD.every)
    }
    return throughput(arrivals, begun + LOAD.settle * 1000, ends)
  }

  /** Speak and be seen for a while. @param {boolean} pictures @param {(share: number) => void} progress */
  async function talk(pictures, progress) {
    for (const { sender, track } of senders) {
      if (track.kind === 'video' && !pictures) continue
      await sender.replaceTrack(track)
      await limit(sender)
    }
    for (let share = 0; share < 1; share += TALK.every / TALK.lasts) {
      progress(share)
      await pause(TALK.every)
    }
  }

  /** Tell by which way the relay is reached, as the browser counts it. @returns {Promise<import('./figures.js').Transport | null>} */
  async function transport() {
    const stats = new Map(/** @type {Iterable<[string, any]>} */ (/** @type {unknown} */ (await connection.getStats())))
    for (const pair of stats.values()) {
      if (pair.type === 'candidate-pair' && pair.nominated && pair.state === 'succeeded') {
        return stats.get(pair.localCandidateId)?.relayProtocol || null
      }
    }
    return null
  }
}

/** @param {RTCRtpSender} sender */
async function limit(sender) {
  const wanted = { kind: sender.track?.kind || 'audio', limit: FIRST, held: false, screen: false }
  await sender.setParameters(tuned(sender.getParameters(), wanted)).catch(() => undefined)
}

/** @param {RTCPeerConnection} connection */
async function gathered(connection) {
  if (connection.iceGatheringState === 'complete') return
  await new Promise((settle) => {
    const limit = setTimeout(settle, GATHERING)
    connection.onicegatheringstatechange = () => {
      if (connection.iceGatheringState !== 'complete') return
      clearTimeout(limit)
      settle(undefined)
    }
  })
}

/** @param {RTCPeerConnection} connection @param {RTCDataChannel} channel */
async function opened(connection, channel) {
  if (channel.readyState === 'open') return
  await new Promise((settle, fail) => {
    const limit = setTimeout(() => fail(new NoEcho()), CONNECTING)
    channel.onopen = () => {
      clearTimeout(limit)
      settle(undefined)
    }
    connection.onconnectionstatechange = () => connection.connectionState === 'failed' && fail(new NoEcho())
  })
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((settle) => setTimeout(settle, milliseconds))
}
