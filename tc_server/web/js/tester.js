// @ts-check
/** The device test: one step after the other, then what it comes to, in words. Whoever came from the waiting room stays in line. */

import { abilityOf, browserOf } from './ability.js'
import { makeComing } from './coming.js'
import { tryConnection } from './connecting.js'
import { judged } from './figures.js'
import { tryMicrophone } from './hearing.js'
import { makeMedia } from './media.js'
import { inWords } from './moments.js'
import { stayInLine } from './presence.js'
import { tryCamera } from './seeing.js'
import { trySpeaker } from './sounding.js'
import { makeStep } from './step.js'
import { ask, prepare, show } from './testing.js'
import { fill } from './words.js'

const settings = /** @type {{language: string}} */ (JSON.parse(at('settings').textContent || '{}'))
const token = location.hash.slice(1)
const steps = {
  browser: makeStep('browser'), microphone: makeStep('microphone'), camera: makeStep('camera'), speaker: makeStep('speaker'),
  connection: makeStep('connection'),
}
/** @type {import('./testing.js').Shown | null} */
let result = null
let session = recall()
/** @type {import('./media.js').Media | null} */
let media = null
/** @type {AudioContext | null} */
let audio = null

at('language').addEventListener('change', ({ target }) => {
  location.replace(`/test/${/** @type {HTMLSelectElement} */ (target).value}${location.hash}`)
})
addEventListener('hashchange', () => location.reload())
at('start').addEventListener('click', () => void run())
at('start').setAttribute('aria-disabled', 'false')
at('again').addEventListener('click', () => void run())
at('show').addEventListener('click', () => void disclose())
document.querySelector('[data-copy]')?.addEventListener('click', () => void copy())
for (const back of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll('.back'))) {
  back.href = `/j/${settings.language}${location.hash}`
  back.hidden = !token
}
at('way-back').hidden = !token
// Whoever comes by a link alone has not been there yet, and may have been asked whether they come.
const coming = token && !session ? makeComing({ token, told: plan }) : null
at('coming').hidden = !coming
if (coming) only('goes', (name) => name === 'on')
if (session) stayInLine(session, callBack, () => { session = null })

/** It is their turn, or not any more. @param {boolean} here */
function callBack(here) {
  // After a quick exit there is no page any more that could say so.
  document.querySelector('#turn p')?.toggleAttribute('hidden', !here)
}

/** Somebody has answered: for when it is planned is no news to them. @param {number} planned milliseconds */
function plan(planned) {
  at('planned').textContent = fill(at('planned').dataset.said || '', inWords(planned, settings.language))
  at('planned').hidden = false
}

async function run() {
  const Audio = window.AudioContext || /** @type {any} */ (window).webkitAudioContext
  // Sound may only be prepared while a finger is on the page.
  audio = audio || (Audio ? new Audio() : null)
  void audio?.resume()
  media?.close()
  media = makeMedia(() => undefined)
  document.body.dataset.screen = 'testing'
  at('intro').hidden = true
  at('result').hidden = true
  at('help').hidden = true
  for (const step of Object.values(steps)) step.reset()
  await walk(media)
  media.close()
}

/** @param {import('./media.js').Media} devices */
async function walk(devices) {
  const able = tryBrowser()
  const audible = able && (await begin('microphone', (step) => tryMicrophone(step, devices, audio, () => help('microphone'))))
  const visible = able && (await begin('camera', (step) => tryCamera(step, devices, () => help('camera'))))
  const heard = able ? await begin('speaker', (step) => trySpeaker(step, audio)) : null
  const tools = { tracks: devices.tracks, prepare, ask, language: settings.language }
  const { through, figures, relay } = able
    ? await begin('connection', (step) => tryConnection(step, tools))
    : { through: false, figures: { rtt_ms: null, loss: null, kbps: null }, relay: null }
  const found = { able, audio: audible, video: visible, heard, through, figures }
  const verdict = judged(found)
  result = { result: verdict.result, audio: audible, video: visible, ...figures, relay }
  tell(verdict)
}

/** @template T @param {keyof typeof steps} name @param {(step: import('./step.js').Step) => Promise<T>} attempt */
async function begin(name, attempt) {
  steps[name].stand('running')
  steps[name].focus()
  return attempt(steps[name])
}

function tryBrowser() {
  const step = steps.browser
  const ability = abilityOf({
    secure: window.isSecureContext, devices: Boolean(navigator.mediaDevices?.getUserMedia),
    connections: 'RTCPeerConnection' in window, agent: navigator.userAgent,
  })
  step.tell(ability)
  step.stand(ability === 'able' ? 'good' : ability === 'inside' ? 'fair' : 'bad')
  step.offer(...(ability === 'able' ? [] : ['copy']))
  field().value = location.href
  return ability === 'able' || ability === 'inside'
}

/** How a blocked device is allowed differs from browser to browser. @param {keyof typeof steps} name */
function help(name) {
  const browser = browserOf(navigator.userAgent, navigator.maxTouchPoints)
  for (const shown of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-help]'))) shown.hidden = shown.dataset.help !== browser
  const also = /** @type {HTMLElement} */ (document.querySelector('[data-help-also]'))
  also.hidden = browser === 'inside'
  at('help').hidden = false
  steps[name].find('[data-part="help"]').append(at('help'))
  if (browser === 'inside') steps.browser.offer('copy')
}

/** @param {ReturnType<typeof judged>} verdict */
function tell({ result: word, reasons }) {
  only('verdict', (name) => name === word)
  only('sign', (name) => name === word)
  only('reason', (name) => reasons.includes(/** @type {any} */ (name)))
  at('result').dataset.result = word
  at('result').hidden = false
  document.body.dataset.screen = 'tested'
  at('disclose').hidden = !session
  // What can be answered before the test can be answered after it.
  if (coming) at('disclose').after(coming)
  at('show').hidden = false
  at('shown').hidden = at('not-shown').hidden = true
  at('result').focus()
  at('result').scrollIntoView({ block: 'start' })
}

async function disclose() {
  if (!session || !result) return
  at('not-shown').hidden = true
  const shown = await show(session, result).then(() => true, () => false)
  at('shown').hidden = !shown
  at('not-shown').hidden = shown
  at('show').hidden = shown
}

async function copy() {
  field().select()
  const copied = await (navigator.clipboard ? navigator.clipboard.writeText(location.href).then(() => true, () => false) : false)
  // Where the clipboard is kept from pages, the old way may do; else the address stands there, chosen.
  const done = copied || document.execCommand('copy')
  for (const shown of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.copied'))) shown.hidden = !done
}

/** @param {'verdict' | 'sign' | 'reason' | 'goes'} kind @param {(name: string) => boolean} shown */
function only(kind, shown) {
  for (const element of document.querySelectorAll(`[data-${kind}]`)) {
    element.toggleAttribute('hidden', !shown(/** @type {HTMLElement} */ (element).dataset[kind] || ''))
  }
}

/** The session that this tab is in, if its link is the one that it came with. */
function recall() {
  try {
    return token ? sessionStorage.getItem(token) : null
  } catch {
    return null
  }
}

function field() {
  return /** @type {HTMLInputElement} */ (at('address'))
}

/** @param {string} id @returns {HTMLElement} */
function at(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id))
}
