// @ts-check
/** How things are said in the page's language: texts, numbers, times, sizes. */

/** @typedef {ReturnType<typeof inLanguage>} Words */
/**
 * What the server tells the page about itself.
 * @typedef {object} Settings
 * @property {string} language
 * @property {string} exit where quick exit goes
 * @property {number} max_file in bytes
 * @property {string} icon
 * @property {'smooth' | 'sharp'} video what a camera's picture keeps on a weak line
 * @property {{texts: string, style: string}} calls where what calls need is fetched
 * @property {Record<string, string>} said values known to every text
 * @property {Record<string, string>} texts English source text to text
 */

/** @param {Settings} settings */
export function inLanguage({ language, said, texts }) {
  const clock = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' })
  const date = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' })
  const nearby = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const number = new Intl.NumberFormat(language)

  /** Say an English source text in the page's language. @param {string} text @param {Record<string, string>} [values] */
  function say(text, values) {
    return fill(texts[text] || text, { ...said, ...values })
  }

  /** @param {number} amount @param {string} unit @param {number} digits */
  function measure(amount, unit, digits) {
    return new Intl.NumberFormat(language, {
      style: 'unit', unit, unitDisplay: unit === 'minute' || unit === 'second' ? 'long' : 'short', maximumFractionDigits: digits,
    }).format(amount)
  }

  return {
    say,
    /** @param {number} amount */
    count: (amount) => number.format(amount),
    /** @param {number} share 0 to 1 */
    percent: (share) => new Intl.NumberFormat(language, { style: 'percent' }).format(share),
    /** @param {number} amount */
    minutes: (amount) => measure(amount, 'minute', 0),
    /** How long something took, roughly. @param {number} seconds */
    span: (seconds) => (seconds < 60 ? measure(Math.floor(seconds), 'second', 0) : measure(Math.floor(seconds / 60), 'minute', 0)),
    /** How long something has been going on, as a clock shows it. @param {number} seconds */
    duration(seconds) {
      const whole = Math.max(0, Math.floor(seconds))
      const two = new Intl.NumberFormat(language, { minimumIntegerDigits: 2 })
      return `${number.format(Math.floor(whole / 60))}:${two.format(whole % 60)}`
    },
    /** @param {number} bytes */
    size: (bytes) => (bytes < 1e6 ? measure(Math.max(1, bytes / 1e3), 'kilobyte', 0) : measure(bytes / 1e6, 'megabyte', 1)),
    /** @param {number} time milliseconds */
    time: (time) => isolated(whole(clock.format(time))),
    /** @param {number} time @param {number} now milliseconds */
    day(time, now) {
      const days = Math.round((midnight(time) - midnight(now)) / 86_400_000)
      return Math.abs(days) < 2 ? nearby.format(days, 'day') : date.format(time)
    },
    /** @param {string[]} names */
    list: (names) => new Intl.ListFormat(language).format(names),
  }
}

/** Fill the slots of a text. @param {string} text @param {Record<string, string>} values */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (slot, /** @type {string} */ name) => (name in values ? isolated(values[name]) : slot))
}

/** A time is read as one: no line ends in the middle of it. @param {string} text */
export function whole(text) {
  return text.replace(/\s/g, '\u00a0')
}

/** What may read the other way keeps to itself (Unicode UAX 9). @param {string} value */
function isolated(value) {
  return globalThis.document?.dir === 'rtl' || /[\u0590-\u08ff\ufb1d-\ufefc\u{1e800}-\u{1efff}]/u.test(value) ? `\u2068${value}\u2069` : value
}

/** @param {number} time milliseconds */
export function midnight(time) {
  return new Date(time).setHours(0, 0, 0, 0)
}
