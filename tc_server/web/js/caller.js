// @ts-check
/**
 * Staff's call page: exchanges the one-time token of its address for a call, and is in it until it ends. A reload comes back
 * in by the call's own token, which this tab keeps.
 */

import { say } from './element.js'
import { factText } from './lines.js'
import { enter, makeRequests, Refusal } from './requests.js'
import { nothing, reduce } from './state.js'
import { openStream } from './stream.js'
import { openTalk } from './talk.js'
import { inLanguage } from './words.js'

/** @typedef {{call_token: string, session_id: string, call_id: string, me: string, media: import('./roster.js').Media}} Pass */
/** @typedef {import('./roster.js').Call} Call */

const KEPT = 'tc-call'
/** Milliseconds for which the server knows this page after its call has ended. */
const REMEMBERED = 50_000
const settings = /** @type {import('./words.js').Settings} */ (JSON.parse(at('settings').textContent || '{}'))
const words = inLanguage(settings)
const token = location.hash.slice(1)
let state = nothing()
/** @type {import('./talk.js').Talk | null} */
let talk = null
/** @type {ReturnType<typeof openStream> | null} */
let stream = null
/** When the server was last heard. */
let heard = 0

// The address may be looked at, copied and remembered: the token goes before anything else happens.
history.replaceState(null, '', location.pathname)
addEventListener('hashchange', () => location.reload())
at('again').addEventListener('click', begin)
addEventListener('online', () => stream?.wake())
addEventListener('offline', () => stream?.lost())
document.addEventListener('visibilitychange', () => !document.hidden && stream?.wake())
void begin()

async function begin() {
  if (!('RTCPeerConnection' in window)) return stop('old')
  show('opening')
  try {
    if (token && !recall(token)) await enterAnew()
    else await comeBack()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.status === 0 || error.status >= 500) stop('unreachable')
    else {
      forget()
      stop(error.code === 'no_call' || error.status === 401 ? 'over' : error.code === 'call_full' ? 'full' : 'link')
    }
  }
}

async function enterAnew() {
  const { call_token, session_id, call, me, leg, ice } = await enter(token)
  const pass = { call_token, session_id, call_id: call.call_id, me: me.id, media: call.media }
  remember(pass, token)
  start(pass, call, leg, ice)
}

/** A reload: the same call, with the next leg. */
async function comeBack() {
  const pass = recall('')
  if (!pass) return stop('link')
  const requests = makeRequests(pass.session_id, pass.call_token)
  const live = (await requests.live()).call
  if (!live || live.call_id !== pass.call_id) throw new Refusal('no_call', 409)
  const { call, leg, ice } = await requests.accept(pass.media)
  start(pass, call, leg, ice)
}

/** @param {Pass} pass @param {Call} call @param {number} leg @param {import('./roster.js').Ice} ice */
function start(pass, call, leg, ice) {
  const requests = makeRequests(pass.session_id, pass.call_token)
  state = reduce(state, { ...call, type: 'call' }, Date.now())
  show('talk')
  talk = openTalk({
    call, me: pass.me, leg, ice, media: pass.media, sharp: settings.video === 'sharp', screen: true, host: at('talk'), words, requests,
    send: (frame) => stream !== null && stream.send(frame),
    now: () => Date.now() + state.skew,
    over: (how) => {
      if (how === 'hung-up') return void closing(requests)
      stop(how === 'taken' ? 'taken' : 'over')
    },
  })
  stream = openStream(streamUrl(pass.call_id), {
    frame: hear,
    link: (connection) => tell(connection),
    refused: () => void ask(requests),
  })
}

/** @param {import('./state.js').Frame} frame */
function hear(frame) {
  heard = Date.now()
  state = reduce(state, frame, Date.now())
  if (frame.type === 'hello') tell('online')
  if (frame.type === 'call' && frame.state === 'ended') return finish(/** @type {any} */ (frame))
  if (frame.type === 'signal') talk?.signal(frame.sender, frame.data)
  if (frame.type === 'quality') talk?.hear(frame.sender.id, frame.level)
  if (frame.type === 'hello' || frame.type === 'call') talk?.follow(state.call)
  if (frame.type === 'hello') talk?.again()
}

/** @param {import('./state.js').Connection} connection */
function tell(connection) {
  const shown = at('connection')
  shown.dataset.state = connection
  shown.hidden = connection === 'online'
  say(shown, words.say(connection === 'offline' ? 'You are offline.' : 'Reconnecting…'))
}

/** The server doesn't know this page any more: the call is over, or was opened anew. @param {import('./requests.js').Requests} requests */
async function ask(requests) {
  talk?.vanish()
  const cut = Date.now() - heard < REMEMBERED
  // Of a call that has just ended the server still answers; not to a page that another one has replaced.
  stop(await requests.live().then(() => 'over', () => (cut ? 'taken' : 'over')))
}

/** @param {import('./requests.js').Requests} requests */
async function closing(requests) {
  stop('over')
  // The answer says how it was.
  const call = /** @type {Call | null} */ (await requests.hangUp().catch(() => null))
  if (call) finish(call)
}

/** @param {Call} call */
function finish(call) {
  talk?.vanish()
  const seconds = call.answered_at && call.ended_at ? (Date.parse(call.ended_at) - Date.parse(call.answered_at)) / 1000 : 0
  const fact = { kind: 'call_ended', sender: call.ended_by, data: { outcome: call.outcome, seconds } }
  stop('over', factText(/** @type {any} */ (fact), false, words))
}

/** @param {string} reason @param {string} [how] the end in words */
function stop(reason, how = '') {
  if (reason !== 'unreachable') forget()
  talk = null
  stream?.end()
  stream = null
  at('connection').hidden = true
  show('stopped')
  for (const shown of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-stop]'))) shown.hidden = shown.dataset.stop !== reason
  if (how) say(at('outcome'), how)
  at('again').hidden = reason !== 'unreachable'
  at('stopped').focus()
}

/** @param {'opening' | 'talk' | 'stopped'} screen */
function show(screen) {
  for (const name of ['opening', 'talk', 'stopped']) at(name).hidden = name !== screen
  document.body.dataset.screen = screen
}

/** @param {string} call_id */
function streamUrl(call_id) {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/stream?call=${call_id}`
}

/** @param {Pass} pass @param {string} spent */
function remember(pass, spent) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ ...pass, spent }))
  } catch {
    // Then a reload can't come back.
  }
}

/** What this tab was let in with; by a token only if it was that one. @param {string} spent @returns {Pass | null} */
function recall(spent) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) || 'null')
    return kept && (!spent || kept.spent === spent) ? kept : null
  } catch {
    return null
  }
}

function forget() {
  try {
    sessionStorage.removeItem(KEPT)
  } catch {
    // Nothing was kept.
  }
}

/** @param {string} id @returns {HTMLElement} */
function at(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id))
}
