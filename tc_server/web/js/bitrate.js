// @ts-check
/** How much a sender may send, and what it gives up first. Pure. */

/** bit/s: a face at this rate is recognisable, and fits beside voice on 3G. */
export const FIRST = 250_000
const LEAST = 80_000
const MOST = 800_000
const VOICE = 20_000

/** Choose the next limit for pictures by how the line is: slowly up, quickly down. @param {number} limit @param {import('./quality.js').Level} level */
export function nextLimit(limit, level) {
  if (level === 'good') return Math.min(MOST, Math.round(limit * 1.15))
  if (level === 'fair') return Math.max(LEAST, Math.min(limit, FIRST))
  return LEAST
}

/**
 * Return a sender's parameters changed: voice goes first.
 * @template {RTCRtpSendParameters} T
 * @param {T} parameters as `getParameters` gave them
 * @param {{kind: string, limit: number, held: boolean, screen: boolean, sharp: boolean}} wanted `held` sends no picture at all, `sharp`
 *   keeps its detail rather than its motion
 * @returns {T}
 */
export function tuned(parameters, { kind, limit, held, screen, sharp }) {
  /** @type {RTCRtpEncodingParameters} */
  const change = kind === 'audio'
    ? { maxBitrate: VOICE, priority: 'high', networkPriority: 'high' }
    : { maxBitrate: limit, maxFramerate: screen ? 8 : 20, priority: 'low', networkPriority: 'low', active: !held }
  const encodings = (parameters.encodings || []).map((encoding) => ({ ...encoding, ...change }))
  const given = kind === 'video' ? { degradationPreference: sharp ? 'maintain-resolution' : 'maintain-framerate' } : {}
  return { ...parameters, ...given, encodings }
}
