// @ts-check
/** How good the line is: from the browser's counters to figures, from figures to a word, from words over time to what to do. Pure. */

/** @typedef {'good' | 'fair' | 'poor' | 'lost'} Level */
/**
 * @typedef {object} Reading counters of one connection at one moment
 * @property {number} at milliseconds
 * @property {number} received packets of voice
 * @property {number} lost packets of voice
 * @property {number} jitter seconds
 * @property {number} rtt seconds
 * @property {number} loss the share of our own packets that the other side misses, 0 to 1
 * @property {number} sent bytes
 * @property {number} got bytes
 */
/** @typedef {{loss: number, rtt: number, jitter: number, out: number, in: number}} Figures out and in are kbit/s */
/**
 * @typedef {object} Judgement
 * @property {Level} level as shown
 * @property {Level} next what it will be if it goes on like this
 * @property {number} times how often in a row it was `next`
 * @property {boolean} audioOnly pictures are held back so that voices get through
 * @property {number | null} since when the line became too weak, or fit again, in milliseconds
 * @property {number} wait milliseconds that it must be fit before pictures come back
 * @property {number} earliest before this moment pictures stay on
 */

const ORDER = /** @type {Level[]} */ (['good', 'fair', 'poor', 'lost'])
/** Above these it isn't good (fair) any more: share, seconds, seconds. */
const FAIR = { loss: 0.03, rtt: 0.4, jitter: 0.06 }
const POOR = { loss: 0.1, rtt: 1.2, jitter: 0.2 }
const WEAK_FOR = 4000
const FIT_FOR = 20_000
const LONGEST_WAIT = 160_000
const GRACE = 20_000
const CAUTION = 3

/** Read what matters from `RTCPeerConnection.getStats()`. @param {Iterable<[string, any]>} stats @param {number} at @returns {Reading} */
export function read(stats, at) {
  const reading = { at, received: 0, lost: 0, jitter: 0, rtt: 0, loss: 0, sent: 0, got: 0 }
  for (const [, entry] of stats) {
    if (entry.type === 'inbound-rtp' && entry.kind === 'audio') {
      reading.received = entry.packetsReceived || 0
      reading.lost = entry.packetsLost || 0
      reading.jitter = entry.jitter || 0
    } else if (entry.type === 'remote-inbound-rtp' && entry.kind === 'audio') {
      reading.loss = entry.fractionLost || 0
    } else if (entry.type === 'candidate-pair' && entry.nominated && entry.state === 'succeeded') {
      reading.rtt = entry.currentRoundTripTime || 0
      reading.sent = entry.bytesSent || 0
      reading.got = entry.bytesReceived || 0
    }
  }
  return reading
}

/** @param {Reading} before @param {Reading} after @returns {Figures} */
export function compare(before, after) {
  const [lost, received] = [Math.max(0, after.lost - before.lost), Math.max(0, after.received - before.received)]
  const seconds = Math.max(1, after.at - before.at) / 1000
  const kbits = (/** @type {number} */ bytes) => Math.max(0, bytes) * 8 / 1000 / seconds
  return {
    loss: Math.max(after.loss, lost / Math.max(1, lost + received)),
    rtt: after.rtt,
    jitter: after.jitter,
    out: kbits(after.sent - before.sent),
    in: kbits(after.got - before.got),
  }
}

/** @param {Figures} figures @returns {Level} */
export function levelOf({ loss, rtt, jitter }) {
  const over = (/** @type {typeof FAIR} */ limit) => loss > limit.loss || rtt > limit.rtt || jitter > limit.jitter
  return over(POOR) ? 'poor' : over(FAIR) ? 'fair' : 'good'
}

/** The worst of several; of none it is good. @param {Level[]} levels @returns {Level} */
export function worst(levels) {
  return ORDER[Math.max(0, ...levels.map((level) => ORDER.indexOf(level)))]
}

/** @returns {Judgement} */
export function unjudged() {
  return { level: 'good', next: 'good', times: 0, audioOnly: false, since: null, wait: FIT_FOR, earliest: 0 }
}

/**
 * Go on from what was known: a word is shown once it was so twice, pictures are held back when the line was weak for a
 * while, and come back when it was fit for longer, each time longer than before.
 * @param {Judgement} known @param {Level} level @param {boolean} pictures whether anybody's camera is on @param {number} now
 * @returns {Judgement}
 */
export function judge(known, level, pictures, now) {
  const times = known.next === level ? known.times + 1 : 1
  const shown = times >= 2 || level === 'lost' ? level : known.level
  const next = { ...known, level: shown, next: level, times }
  const weak = level === 'poor'
  // A line that broke says nothing of how much it carries: what was known of that stays.
  if (level === 'lost') return next
  if (weak === known.audioOnly || (!known.audioOnly && !pictures)) return { ...next, since: null }
  const since = known.since ?? now
  if (!known.audioOnly && now - since >= WEAK_FOR && now >= known.earliest) return { ...next, audioOnly: true, since: null }
  // Voices alone make a thin line look fair: only a good one is likely to carry more.
  if (known.audioOnly && now - since >= known.wait * (level === 'good' ? 1 : CAUTION)) {
    return { ...next, audioOnly: false, since: null, wait: Math.min(LONGEST_WAIT, known.wait * 2) }
  }
  return { ...next, since }
}

/** Somebody wants pictures all the same: they stay for a while at least. @param {Judgement} known @param {number} now */
export function insist(known, now) {
  return { ...known, audioOnly: false, since: null, earliest: now + GRACE }
}
