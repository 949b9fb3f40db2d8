// @ts-check
/** Looks at the running connections every two seconds and says how the line is; every half second, who speaks. */

import { FIRST, nextLimit } from './bitrate.js'
import { compare, insist, judge, levelOf, read, unjudged, worst } from './quality.js'

const EVERY = 2000
const EARS = 400
const LOUD = 0.02

/** @typedef {ReturnType<typeof monitor>} Monitor */

/**
 * @param {object} call
 * @param {() => import('./peer.js').Peer[]} call.peers
 * @param {() => boolean} call.pictures whether anybody's camera is on
 * @param {() => void} call.changed
 */
export function monitor({ peers, pictures, changed }) {
  /** @type {WeakMap<import('./peer.js').Peer, import('./quality.js').Reading>} */
  const readings = new WeakMap()
  let judgement = unjudged()
  let speakers = new Set()
  let limit = FIRST
  let looking = false
  const beats = [setInterval(look, EVERY), setInterval(listen, EARS)]

  return {
    level: () => judgement.level,
    audioOnly: () => judgement.audioOnly,
    limit: () => limit,
    /** @param {string} id */
    speaks: (id) => speakers.has(id),
    insist() {
      judgement = insist(judgement, Date.now())
      changed()
    },
    end: () => beats.forEach(clearInterval),
  }

  async function look() {
    if (looking) return
    looking = true
    const levels = await Promise.all(peers().map(levelOfPeer))
    looking = false
    if (levels.length) judgement = judge(judgement, worst(levels), pictures(), Date.now())
    limit = levels.length && !judgement.audioOnly ? nextLimit(limit, judgement.level) : FIRST
    changed()
  }

  /** @param {import('./peer.js').Peer} peer @returns {Promise<import('./quality.js').Level>} */
  async function levelOfPeer(peer) {
    const standing = peer.standing()
    // Who has only just come in isn't lost yet.
    if (standing !== 'connected') return standing === 'connecting' ? judgement.level : 'lost'
    const now = read(/** @type {any} */ (await peer.stats()), Date.now())
    const before = readings.get(peer)
    readings.set(peer, now)
    return before ? levelOf(compare(before, now)) : judgement.level
  }

  function listen() {
    const loud = new Set(peers().filter((peer) => peer.loudness() > LOUD).map(({ id }) => id))
    if (loud.size === speakers.size && [...loud].every((id) => speakers.has(id))) return
    speakers = loud
    changed()
  }
}
