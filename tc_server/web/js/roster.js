// @ts-check
/** Who is in a call, seen from one of them. Pure. */

/** @typedef {'audio' | 'video'} Media */
/**
 * @typedef {object} Party
 * @property {string} id
 * @property {string} role
 * @property {string} name
 * @property {'expected' | 'ringing' | 'in' | 'declined' | 'missed' | 'left'} state
 * @property {number} leg which entry of theirs counts: a reload or a second device takes over with the next
 * @property {string | null} rings_until
 */
/**
 * @typedef {object} Call
 * @property {string} session_id
 * @property {string} call_id
 * @property {Media} media
 * @property {'opening' | 'ringing' | 'running' | 'ended'} state
 * @property {string} created_at
 * @property {string | null} answered_at
 * @property {string | null} ended_at
 * @property {string | null} outcome
 * @property {import('./state.js').Sender | null} ended_by
 * @property {Party[]} parties
 */
/** @typedef {{ice_servers: RTCIceServer[], policy: 'all' | 'relay', expires_at: string | null}} Ice */

/** @param {Call | null} call @param {string} id */
export function partyOf(call, id) {
  return call ? call.parties.find((party) => party.id === id) || null : null
}

/** List those that somebody who is in talks with. @param {Call} call @param {string} me */
export function others(call, me) {
  return call.parties.filter(({ id, state }) => id !== me && state === 'in')
}

/** List those that aren't in, though they were asked. @param {Call} call @param {string} me */
export function absent(call, me) {
  return call.parties.filter(({ id, state }) => id !== me && state !== 'in')
}

/** Whether another device or page has taken this one's part. @param {Call} call @param {string} me @param {number} leg */
export function isTakenOver(call, me, leg) {
  const party = partyOf(call, me)
  return party !== null && party.leg > leg
}

/**
 * What a call means for somebody whose page isn't in it.
 * @param {Call | null} call @param {string} me @param {number} now by the server's clock
 * @returns {'none' | 'preparing' | 'ringing' | 'elsewhere' | 'open'} `preparing`: staff's page isn't there yet; `elsewhere`: in, from
 * another page or before a reload; `open`: may come in
 */
export function invitation(call, me, now) {
  const party = partyOf(call, me)
  if (call?.state === 'opening') return 'preparing'
  if (!call || !party || call.state === 'ended') return 'none'
  if (party.state === 'in') return 'elsewhere'
  const late = party.rings_until !== null && Date.parse(party.rings_until) <= now
  if (party.state === 'ringing' && !late) return 'ringing'
  // While only others ring there is nobody yet to talk with, and who has declined isn't to be urged.
  return call.state === 'running' ? 'open' : 'none'
}

/** Name who calls: staff, else whoever is in. @param {Call} call @param {string} me */
export function caller(call, me) {
  const staff = call.parties.find(({ role }) => role === 'staff' || role === 'admin')
  return (staff || others(call, me)[0] || { name: '' }).name
}
