// @ts-check
/** The step of the connection: the ways to the relay, then the echo, then the figures. */

import { callEcho, NoEcho } from './echo.js'
import { levelOf } from './figures.js'
import { Refusal } from './requests.js'
import { isOpen, others, waysOf } from './ways.js'

/** @typedef {import('./step.js').Step} Step */
/** @typedef {import('./figures.js').Figures} Figures */
/** @typedef {import('./figures.js').Transport} Transport */
/** @typedef {{through: boolean, figures: Figures, relay: Transport | null}} Connected */
/**
 * @typedef {object} Tools
 * @property {() => import('./echo.js').Tracks} tracks
 * @property {typeof import('./testing.js').prepare} prepare
 * @property {typeof import('./testing.js').ask} ask
 * @property {string} language
 */

const WAITS = 12
/** Where the bar stands at the end of each part; what can't be counted moves it by its time, in milliseconds. */
const PARTS = { looking: 0.2, calling: 0.3, pings: 0.5, load: 0.7 }
const TAKES = { looking: 8000, calling: 12_000, beat: 200 }
const NOTHING = { rtt_ms: null, loss: null, kbps: null }

/** @param {Step} step @param {Tools} tools @returns {Promise<Connected>} */
export async function tryConnection(step, tools) {
  for (;;) {
    step.stand('running')
    const found = await attempt(step, tools)
    if (found) return found
    if ((await step.choice('ways', 'retry')) === 'on') {
      step.offer('ways')
      return { through: false, figures: NOTHING, relay: null }
    }
  }
}

/** Try once; null if nothing gets through. @param {Step} step @param {Tools} tools @returns {Promise<Connected | null>} */
async function attempt(step, tools) {
  step.tell('looking')
  const looked = creep(step, 0, PARTS.looking, TAKES.looking)
  step.offer('progress')
  try {
    const ice = await patiently(step, () => tools.prepare())
    const ways = waysOf(ice)
    const open = await look(step, ways)
    looked()
    if (ice.policy === 'relay' && open.length === 0) return fail(step, 'closed')
    const servers = [...open.flatMap(({ servers }) => servers), ...others(ice)]
    return await measure(step, tools, servers, ice.policy, open[0]?.transport || null)
  } catch (error) {
    if (error instanceof Refusal) return fail(step, error.status === 0 ? 'offline' : 'closed')
    // Whatever it is, nobody is left before a step that doesn't move.
    console.error(error)
    return fail(step, 'closed')
  } finally {
    looked()
  }
}

/** Move the bar on as time goes by; what is returned takes it to the end of its part. @param {Step} step @param {number} from @param {number} to @param {number} takes */
function creep(step, from, to, takes) {
  const bar = /** @type {HTMLProgressElement} */ (step.find('progress'))
  const begun = Date.now()
  bar.value = from
  const beat = setInterval(() => { bar.value = from + (to - from) * Math.min(1, (Date.now() - begun) / takes) }, TAKES.beat)
  return () => {
    clearInterval(beat)
    bar.value = Math.max(bar.value, to)
  }
}

/** @param {Step} step @param {string} why */
function fail(step, why) {
  step.stand('bad')
  step.tell(why)
  step.offer('ways')
  return null
}

/** Try all ways at once, and say of each what became of it. @param {Step} step @param {import('./ways.js').Way[]} ways */
async function look(step, ways) {
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (step.find('ul').querySelectorAll('[data-way]'))) {
    row.hidden = !ways.some(({ transport }) => transport === row.dataset.way)
  }
  step.offer('progress', ...(ways.length ? ['ways'] : []))
  const tried = await Promise.all(ways.map(async (way) => {
    say(step, way.transport, 'trying')
    const open = await isOpen(way)
    say(step, way.transport, open ? 'open' : 'closed')
    return open
  }))
  return ways.filter((_, index) => tried[index])
}

/** @param {Step} step @param {Transport} transport @param {'trying' | 'open' | 'closed'} state */
function say(step, transport, state) {
  const row = /** @type {HTMLElement} */ (step.find(`[data-way="${transport}"]`))
  row.dataset.state = state
  for (const shown of /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll('[data-way-state]'))) {
    shown.hidden = shown.dataset.wayState !== state
  }
}

/**
 * @param {Step} step @param {Tools} tools @param {RTCIceServer[]} servers @param {'all' | 'relay'} policy @param {Transport | null} first
 * @returns {Promise<Connected | null>}
 */
async function measure(step, tools, servers, policy, first) {
  const returned = /** @type {HTMLVideoElement} */ (step.find('video'))
  const bar = /** @type {HTMLProgressElement} */ (step.find('progress'))
  const tracks = tools.tracks()
  step.tell('calling')
  const called = creep(step, PARTS.looking, PARTS.calling, TAKES.calling)
  const sound = (/** @type {MediaStream} */ stream) => {
    returned.srcObject = stream
    void returned.play().catch(() => undefined)
  }
  /** @type {import('./echo.js').Echo} */
  let echo
  try {
    const ask = (/** @type {string} */ sdp) => patiently(step, () => tools.ask(sdp)).then((answer) => answer.sdp)
    echo = await callEcho({ servers, policy, tracks, ask, sound })
  } catch (error) {
    // Nobody was called, or a relay was reached before: then it is the echo that is missing, and no way.
    if (error instanceof Refusal ? error.status > 0 : error instanceof NoEcho && first) return give(step, 'unmeasured', NOTHING, first)
    if (error instanceof NoEcho) return fail(step, 'closed')
    throw error
  } finally {
    called()
  }
  const { calling, pings, load } = PARTS
  try {
    step.tell('measuring')
    const small = await echo.ping((share) => { bar.value = calling + share * (pings - calling) })
    const figures = { ...small, kbps: await echo.load((share) => { bar.value = pings + share * (load - pings) }) }
    const relay = (await echo.transport()) || first
    const pictures = tracks.video !== null && levelOf(figures) === 'good'
    if (tracks.audio || pictures) {
      step.tell(tracks.audio ? 'talking' : 'measuring')
      step.offer('ways', 'progress', ...(pictures ? ['returned'] : []))
      await echo.talk(pictures, (share) => { bar.value = load + share * (1 - load) })
    }
    draw(step, figures, tools.language)
    return give(step, levelOf(figures), figures, relay)
  } finally {
    echo.close()
    returned.srcObject = null
  }
}

/** @param {Step} step @param {string} how @param {Figures} [figures] @param {Transport | null} [relay] @returns {Connected} */
function give(step, how, figures = NOTHING, relay = null) {
  step.tell(how)
  step.stand(how === 'good' ? 'good' : how === 'poor' ? 'bad' : 'fair')
  step.offer('ways', ...(figures.kbps === null ? [] : ['figures']))
  return { through: true, figures, relay }
}

/** @param {Step} step @param {Figures} figures @param {string} language */
function draw(step, { rtt_ms, loss, kbps }, language) {
  const amount = (/** @type {Intl.NumberFormatOptions} */ how) => new Intl.NumberFormat(language, { maximumFractionDigits: 0, ...how })
  const [delay, lost, speed] = ['#delay', '#lost', '#speed'].map((id) => /** @type {HTMLElement} */ (step.find(id)))
  delay.textContent = rtt_ms === null ? '–' : amount({ style: 'unit', unit: 'millisecond' }).format(rtt_ms)
  lost.textContent = loss === null ? '–' : amount({ style: 'percent' }).format(loss)
  speed.textContent = kbps === null ? '–' : `${amount({}).format(kbps)} kbit/s`
}

/** Others may be testing: wait for a place as long as the server says. @template T @param {Step} step @param {() => Promise<T>} ask @returns {Promise<T>} */
async function patiently(step, ask, left = WAITS) {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'echo_busy' || left === 0) throw error
    step.tell('waiting')
    await new Promise((settle) => setTimeout(settle, Math.min(error.retryAfter || 5, 5) * 1000))
    return patiently(step, ask, left - 1)
  }
}
