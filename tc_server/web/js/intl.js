// @ts-check
/**
 * Languages that this browser's `Intl` has not learned: what the server knows of them fills the gap.
 *
 * Only what the pages ask of `Intl` is there. Everything else, and every other language, stays as it is.
 */

/**
 * @typedef {object} Cldr
 * @property {string} digits ten, from zero
 * @property {string} decimal
 * @property {string[]} months
 * @property {string[]} days from Monday
 * @property {string} date pattern of a day with its year, as CLDR writes patterns
 * @property {string} day the same without the year
 * @property {string} time
 * @property {[string, string]} periods before and after noon
 * @property {Record<string, string>} units texts with {number}, by name
 * @property {[string, string, string]} list how the names of a list are joined: in its middle, at its end, and two
 */

const { DateTimeFormat, NumberFormat } = Intl
const SYMBOLS = /** @type {Record<string, string>} */ ({ kilobyte: 'kB', megabyte: 'MB', millisecond: 'ms' })
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

const page = typeof document === 'undefined' ? null : JSON.parse(document.getElementById('settings')?.textContent || '{}')
if (page?.cldr && !knows(page.language)) teach(page.language, page.cldr)

/** @param {string} language */
function knows(language) {
  return DateTimeFormat.supportedLocalesOf(language).length > 0
}

/** Make `Intl` speak a language. @param {string} language @param {Cldr} cldr */
export function teach(language, cldr) {
  const kinds = { DateTimeFormat: dates(cldr), NumberFormat: numbers(cldr), RelativeTimeFormat: relatives(cldr), ListFormat: lists(cldr) }
  for (const [name, make] of Object.entries(kinds)) {
    const known = Reflect.get(Intl, name)
    const chosen = new Proxy(known, {
      construct: (_, [asked, options = {}]) => (asked === language ? { format: make(options) } : Reflect.construct(known, [asked, options])),
    })
    Reflect.set(Intl, name, chosen)
  }
}

/** @param {Cldr} cldr @returns {(options: Intl.DateTimeFormatOptions) => (time: number) => string} */
function dates(cldr) {
  return (options) => {
    const english = new DateTimeFormat('en', {
      calendar: 'gregory', weekday: 'short', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: '2-digit', hourCycle: 'h23',
      timeZone: options.timeZone,
    })
    const asked = [options.day && (options.year ? cldr.date : cldr.day), options.hour && cldr.time]
    return (time) => {
      const part = Object.fromEntries(english.formatToParts(time).map(({ type, value }) => [type, value]))
      const hour = Number(part.hour)
      const slots = /** @type {Record<string, string | undefined>} */ ({
        EEEE: cldr.days[WEEKDAYS.indexOf(part.weekday)], MMMM: cldr.months[Number(part.month) - 1], d: part.day, y: part.year,
        HH: String(hour).padStart(2, '0'), H: String(hour), h: String(hour % 12 || 12), mm: part.minute, a: cldr.periods[hour < 12 ? 0 : 1],
      })
      return local(cldr, asked.filter(Boolean).join(' ').replace(/[A-Za-z]+/g, (slot) => slots[slot] ?? slot))
    }
  }
}

/** @param {Cldr} cldr @returns {(options: Intl.NumberFormatOptions) => (amount: number) => string} */
function numbers(cldr) {
  return ({ style, unit = '', unitDisplay, ...options }) => {
    const english = new NumberFormat('en', { ...options, style: style === 'percent' ? style : 'decimal', useGrouping: false })
    return (amount) => {
      const number = local(cldr, english.format(amount).replace('.', cldr.decimal))
      if (style !== 'unit') return number
      return unitDisplay === 'long' ? said(cldr, unit, amount, number) : `${number} ${SYMBOLS[unit]}`
    }
  }
}

/** @param {Cldr} cldr @returns {() => (amount: number, unit: Intl.RelativeTimeFormatUnit) => string} */
function relatives(cldr) {
  return () => (amount, unit) => {
    const near = unit === 'day' && ['yesterday', 'today', 'tomorrow'][amount + 1]
    return near ? cldr.units[near] : said(cldr, `in_${unit}`, amount, local(cldr, String(amount)))
  }
}

/** @param {Cldr} cldr @returns {() => (names: string[]) => string} */
function lists({ list: [middle, end, two] }) {
  const join = (/** @type {string} */ how, /** @type {string} */ first, /** @type {string} */ second) =>
    how.replace(/\{([01])\}/g, (_, which) => (which === '0' ? first : second))
  return () => (names) => names.reduce((said, name, at) => {
    const how = at < names.length - 1 ? middle : at === 1 ? two : end
    return at ? join(how, said, name) : name
  }, '')
}

/** @param {Cldr} cldr @param {string} unit @param {number} amount @param {string} number */
function said(cldr, unit, amount, number) {
  const one = amount === 1 && cldr.units[`${unit}_one`]
  return local(cldr, one || cldr.units[unit].replace('{number}', number))
}

/** @param {Cldr} cldr @param {string} text */
function local({ digits }, text) {
  return text.replace(/\d/g, (digit) => digits[Number(digit)])
}
