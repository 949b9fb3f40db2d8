// @ts-check
/** From what was sent and came back to figures, from figures to what they are good for. Pure. */

/** @typedef {'video' | 'voice' | 'chat'} Result */
/** @typedef {'udp' | 'tcp' | 'tls'} Transport */
/** @typedef {{rtt_ms: number | null, loss: number | null, kbps: number | null}} Figures */
/**
 * @typedef {object} Findings
 * @property {boolean} able the browser can make calls
 * @property {boolean} audio the microphone works
 * @property {boolean} video the camera works
 * @property {boolean | null} heard the tone was heard; null if it wasn't played
 * @property {boolean} through the echo was reached, or could have been
 * @property {Figures} figures
 */
/** @typedef {'ready' | 'browser' | 'network' | 'microphone' | 'weak' | 'slow' | 'late' | 'lossy' | 'camera' | 'silent' | 'unmeasured' | 'writing'} Reason */

/** Voice takes 30 kbit/s with all headers; on a line that has no more, so much of what is measured comes back. */
const VOICE = { kbps: 20, loss: 0.2, rtt_ms: 1500 }
/** A face that can be recognised takes 250 kbit/s beside the voice. */
const VIDEO = { kbps: 300, loss: 0.05, rtt_ms: 800 }
const LATE = 500
const LOSSY = 0.03

/** @param {number[]} trips milliseconds of the pings that came back @param {number} sent how many were sent */
export function roundTrip(trips, sent) {
  const ordered = [...trips].sort((one, other) => one - other)
  return {
    rtt_ms: ordered.length ? Math.round(ordered[Math.floor(ordered.length / 2)]) : null,
    loss: sent ? Math.round(Math.max(0, 1 - ordered.length / sent) * 1000) / 1000 : null,
  }
}

/**
 * How much came back in a second, in kbit/s, once the connection had found its pace.
 * @param {{at: number, bytes: number}[]} arrivals milliseconds @param {number} from @param {number} to
 */
export function throughput(arrivals, from, to) {
  const bytes = arrivals.reduce((sum, { at, bytes }) => sum + (at >= from && at < to ? bytes : 0), 0)
  return Math.round((bytes * 8) / Math.max(1, to - from))
}

/** @param {Figures} figures @returns {'good' | 'fair' | 'poor' | 'unmeasured'} */
export function levelOf(figures) {
  if (figures.kbps === null) return 'unmeasured'
  return carries(figures, VIDEO) ? 'good' : carries(figures, VOICE) ? 'fair' : 'poor'
}

/** @param {Findings} findings @returns {{result: Result, reasons: Reason[]}} */
export function judged({ able, audio, video, heard, through, figures }) {
  const level = levelOf(figures)
  /** @type {Reason[]} */
  const hints = heard === false ? ['silent'] : []
  if (level !== 'unmeasured' && (figures.rtt_ms || 0) > LATE) hints.unshift('late')
  if (level !== 'unmeasured' && (figures.loss || 0) > LOSSY) hints.unshift('lossy')
  if (level === 'unmeasured') hints.unshift('unmeasured')
  if (!able) return { result: 'chat', reasons: ['browser', 'writing'] }
  if (!through) return { result: 'chat', reasons: ['network', ...(audio ? [] : /** @type {Reason[]} */ (['microphone'])), 'writing'] }
  if (level === 'poor') return { result: 'chat', reasons: ['weak', 'writing'] }
  if (!audio) return { result: 'chat', reasons: ['microphone', ...hints, 'writing'] }
  if (level === 'fair') return { result: 'voice', reasons: ['slow', ...hints] }
  if (!video) return { result: 'voice', reasons: ['camera', ...hints] }
  return { result: 'video', reasons: hints.length ? hints : ['ready'] }
}

/** @param {Figures} figures @param {typeof VOICE} least */
function carries({ kbps, loss, rtt_ms }, least) {
  return (kbps || 0) >= least.kbps && (loss || 0) <= least.loss && (rtt_ms || 0) <= least.rtt_ms
}
