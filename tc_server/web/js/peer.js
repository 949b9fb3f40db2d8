// @ts-check
/** One connection to one other party: negotiates, mends itself, and carries whatever tracks it is given. Knows no page. */

import { isDue, isSpent, standing } from './recovery.js'
import { preferVoice, relayed, relayedOnly } from './sdp.js'
import { KINDS, makeSenders } from './senders.js'

/** @typedef {{audio: boolean, video: boolean, screen: boolean}} Sending what a party sends just now */
/** @typedef {import('./senders.js').Tracks} Tracks */
/**
 * @typedef {object} Line how to reach the other one, and what to send
 * @property {string} me
 * @property {string} them
 * @property {import('./roster.js').Ice} ice
 * @property {Tracks} tracks
 * @property {Sending} sending
 * @property {(data: Record<string, any>) => boolean} tell send something to the other side through the server; whether it went
 * @property {() => Promise<import('./roster.js').Ice>} freshIce
 * @property {() => number} now by the server's clock
 * @property {() => void} changed
 */
/** @typedef {ReturnType<typeof makePeer>} Peer */

/** Milliseconds in which a connection that was only just begun is left to come up by itself. */
const YOUNG = 3000

/** @param {Line} line */
export function makePeer({ me, them, ice, tracks, sending, tell, freshIce, now, changed }) {
  // Perfect negotiation (W3C WebRTC, 10.7): both may offer; where offers meet, who is polite takes theirs back.
  const polite = me < them
  const pc = new RTCPeerConnection(configuration(ice))
  const stream = new MediaStream()
  const senders = makeSenders(pc, tracks, sending.screen)
  const course = { connection: 'new', ever: false, since: Date.now(), tried: Date.now() }
  let mine = sending
  /** @type {Sending | null} */
  let theirs = null
  let [making, ignoring, closed, hidden] = [false, false, false, ice.policy === 'relay']
  let [offers, unsaid, refused] = [0, false, false]
  /** The relay's addresses that have refused us since the line was last good. @type {Set<string>} */
  const refusals = new Set()
  let turn = Promise.resolve()

  pc.onnegotiationneeded = () => inTurn(offer)
  pc.onicecandidate = ({ candidate }) => candidate && tellCandidate(candidate)
  pc.onconnectionstatechange = look
  pc.addEventListener('icecandidateerror', (event) => {
    // 401 and 403 are a relay that doesn't know our credential (RFC 8489, 14.8).
    const { errorCode, url } = /** @type {RTCPeerConnectionIceErrorEvent} */ (event)
    if (errorCode === 401 || errorCode === 403) refuse(url)
  })
  pc.ontrack = ({ track }) => {
    for (const old of stream.getTracks()) if (old.kind === track.kind) stream.removeTrack(old)
    stream.addTrack(track)
    track.onmute = track.onunmute = changed
    changed()
  }
  // What was handed out while one waited for the other is replaced before anything is tried with it.
  if (isSpent(ice, now())) void inTurn(refresh)
  // Both kinds are there from the start, so that a camera goes on and off without a word to the other side.
  if (!polite) for (const kind of KINDS) pc.addTransceiver(kind, { direction: 'sendrecv' })
  if (!polite) void inTurn(senders.adopt)

  return {
    id: them,
    stream,
    /** @param {Record<string, any>} data */
    take: (data) => inTurn(() => take(data)),
    send,
    hold,
    restrain,
    check,
    restart,
    again,
    stats: () => pc.getStats(),
    standing: () => standing(course, Date.now()),
    refused: () => refused && course.connection !== 'connected',
    theirs: () => theirs || { audio: true, video: hasPicture(), screen: false },
    heldByThem: () => senders.wishes().heldByThem,
    /** How loud they are just now, 0 to 1. */
    loudness: () => Math.max(0, ...pc.getReceivers().flatMap((one) => one.getSynchronizationSources()).map(({ audioLevel }) => audioLevel || 0)),
    close,
  }

  /** Do one thing after the other: descriptions must not overtake each other. @param {() => Promise<unknown>} step */
  function inTurn(step) {
    turn = turn.then(() => (closed ? undefined : step())).then(() => undefined, (error) => {
      if (!closed) console.warn('a step of the call failed', error)
    })
    return turn
  }

  async function offer() {
    // Other servers than before count as something to negotiate, also where there is nothing yet.
    if (unasked()) return
    making = true
    try {
      await pc.setLocalDescription()
      describe(offers += 1)
    } finally {
      making = false
    }
  }

  /** @param {number | undefined} number of the offer that it is, or that it answers */
  function describe(number) {
    const { type = 'offer', sdp = '' } = pc.localDescription || {}
    utter({ description: { type, sdp: hidden ? relayedOnly(sdp) : sdp }, number, sending: mine })
  }

  /** @param {Record<string, any>} data */
  function utter(data) {
    unsaid = !tell(data) || unsaid
  }

  /** @param {RTCIceCandidate} candidate */
  function tellCandidate({ candidate, sdpMid, sdpMLineIndex }) {
    const shown = hidden ? relayed(candidate) : candidate
    if (shown) utter({ candidate: { candidate: shown, sdpMid, sdpMLineIndex } })
  }

  /** @param {Record<string, any>} data */
  async function take({ description, number, candidate, ask, sending: what, hold: stop }) {
    if (what) theirs = what
    if (typeof stop === 'boolean') {
      senders.wish({ heldByThem: stop })
      await senders.tune()
    }
    if (description) await takeDescription(description, number)
    // Without a description there is none that it belongs to: that was lost on its way.
    if (candidate && pc.remoteDescription) await pc.addIceCandidate(candidate).catch((error) => {
      if (!ignoring) throw error
    })
    if (ask) await renew()
    changed()
  }

  /** @param {RTCSessionDescriptionInit} description @param {number} [number] */
  async function takeDescription({ type, sdp = '' }, number) {
    // An answer to an offer that another one has replaced meanwhile, or that was taken back.
    const late = type === 'answer' && (pc.signalingState !== 'have-local-offer' || (number !== undefined && number !== offers))
    if (late) return
    ignoring = !polite && type === 'offer' && (making || pc.signalingState !== 'stable')
    if (ignoring) return
    await pc.setRemoteDescription({ type, sdp: preferVoice(sdp) })
    if (type === 'offer') {
      await senders.adopt()
      await pc.setLocalDescription()
      describe(number)
    }
    await senders.tune()
  }

  /** Send other tracks than before, and say what they are. @param {Tracks} tracks @param {Sending} sending */
  function send(tracks, sending) {
    mine = sending
    senders.wish({ screen: sending.screen })
    tell({ sending })
    return inTurn(() => senders.swap(tracks))
  }

  /** Hold pictures back, ours and theirs, or let them go again. @param {boolean} held */
  function hold(held) {
    if (held === senders.wishes().held) return
    senders.wish({ held })
    tell({ hold: held })
    void inTurn(senders.tune)
  }

  /** Limit pictures. @param {number} limit bit/s */
  function restrain(limit) {
    if (limit === senders.wishes().limit) return
    senders.wish({ limit })
    void inTurn(senders.tune)
  }

  function look() {
    course.connection = pc.connectionState
    if (course.connection === 'connected') {
      Object.assign(course, { ever: true, since: Date.now() })
      refusals.clear()
    }
    if (course.connection === 'failed') course.tried = Math.min(course.tried, Date.now() - 7000)
    changed()
  }

  /** Called again and again: what doesn't mend itself is tried anew. @param {number} now */
  function check(now) {
    if (course.connection === 'connected') course.since = now
    if (isDue(course, now)) restart()
  }

  /** The server can be reached again: what was said meanwhile is lost. */
  function again() {
    const young = Date.now() - course.since < YOUNG && !course.ever
    if (course.connection === 'connected') tell({ sending: mine })
    else if (unsaid || !young || unasked()) void restart()
  }

  function restart() {
    course.tried = Date.now()
    return inTurn(renew)
  }

  /** Whether it is the other side's to begin, and nothing of it has come. */
  function unasked() {
    return polite && pc.remoteDescription === null
  }

  /** Find a way anew, with a credential that is fresh: the old one may be what failed. */
  async function renew() {
    if (unasked()) return utter({ ask: true })
    await refresh()
    if (closed) return
    refused = unsaid = false
    pc.restartIce()
    // An offer that was lost on its way is not made again by itself.
    if (pc.signalingState !== 'stable') await offer()
  }

  async function refresh() {
    const fresh = await freshIce().catch(() => null)
    if (closed || !fresh) return
    pc.setConfiguration?.(configuration(fresh))
    hidden = fresh.policy === 'relay'
  }

  /** A credential may have ended on its way: that is mended without a word. An address that refuses a fresh one means it. @param {string} url */
  function refuse(url) {
    if (refusals.has(url)) refused = true
    else if (refusals.add(url).size === 1) void restart()
    changed()
  }

  function hasPicture() {
    return stream.getVideoTracks().some(({ muted, readyState }) => !muted && readyState === 'live')
  }

  function close() {
    closed = true
    pc.onconnectionstatechange = pc.onicecandidate = pc.onnegotiationneeded = pc.ontrack = null
    pc.close()
  }
}

/** @param {import('./roster.js').Ice} ice @returns {RTCConfiguration} */
function configuration({ ice_servers, policy }) {
  const iceServers = ice_servers.map(({ urls, username, credential }) =>
    (username ? { urls, username, credential } : { urls }))
  return { iceServers, iceTransportPolicy: policy, bundlePolicy: 'max-bundle' }
}
