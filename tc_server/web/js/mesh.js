// @ts-check
/** The connections to all who are in a call, one each: made, kept and let go as the call's list of parties says. */

import { makePeer } from './peer.js'
import { others, partyOf } from './roster.js'

/** @typedef {import('./roster.js').Call} Call */
/** @typedef {{peer: import('./peer.js').Peer, leg: number}} Kept */

/** Signals that come before the list of parties says whose they are. */
const MOST_EARLY = 100

/**
 * @param {object} place
 * @param {string} place.me
 * @param {number} place.leg
 * @param {import('./roster.js').Ice} place.ice
 * @param {(to: string, data: Record<string, any>) => boolean} place.signal
 * @param {() => Promise<import('./roster.js').Ice>} place.freshIce
 * @param {() => number} place.now by the server's clock
 * @param {() => void} place.changed
 * @param {import('./peer.js').Tracks} place.tracks
 * @param {import('./peer.js').Sending} place.sending
 */
export function makeMesh({ me, leg, ice, signal, freshIce, now, changed, tracks, sending }) {
  /** @type {Map<string, Kept>} */
  const peers = new Map()
  /** @type {{sender: string, data: Record<string, any>}[]} */
  let early = []
  let latest = ice
  const beat = setInterval(() => all((peer) => peer.check(Date.now())), 1000)

  return { follow, take, send, all, peers: () => [...peers.values()].map(({ peer }) => peer), close }

  /** @param {Call} call */
  function follow(call) {
    const wanted = others(call, me)
    for (const [id, { peer, leg: known }] of peers) {
      const party = wanted.find((other) => other.id === id)
      if (party && party.leg === known) continue
      peer.close()
      peers.delete(id)
    }
    for (const party of wanted) {
      if (!peers.has(party.id) && partyOf(call, me)?.state === 'in') peers.set(party.id, { peer: connect(party), leg: party.leg })
    }
    const waiting = early
    early = []
    for (const { sender, data } of waiting) take(sender, data)
  }

  /** @param {import('./roster.js').Party} party */
  function connect(party) {
    return makePeer({
      me, them: party.id, ice: latest, tracks, sending, now, changed,
      tell: (data) => signal(party.id, { from_leg: leg, to_leg: party.leg, ...data }),
      freshIce: async () => (latest = await freshIce()),
    })
  }

  /** @param {string} sender @param {Record<string, any>} data */
  function take(sender, data) {
    const known = peers.get(sender)
    if (data.to_leg !== leg) return
    if (known && data.from_leg === known.leg) void known.peer.take(data)
    else if (!known || data.from_leg > known.leg) early = [...early, { sender, data }].slice(-MOST_EARLY)
  }

  /** @param {import('./peer.js').Tracks} next @param {import('./peer.js').Sending} what */
  function send(next, what) {
    tracks = next
    sending = what
    all((peer) => void peer.send(next, what))
  }

  /** @param {(peer: import('./peer.js').Peer) => void} step */
  function all(step) {
    for (const { peer } of peers.values()) step(peer)
  }

  function close() {
    clearInterval(beat)
    all((peer) => peer.close())
    peers.clear()
  }
}
