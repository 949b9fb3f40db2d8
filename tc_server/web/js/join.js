// @ts-check
/**
 * All that is needed until the waiting room shows: terms, Join, language, and the quick exit, which must work from the
 * first moment. It reads its texts from the page itself and loads the rest (`room.js`) once somebody has joined.
 */

/** Problem codes after which trying again with this link is of no use. */
const STOPS = ['link_unknown', 'link_revoked', 'link_expired', 'session_ended']

const settings = /** @type {import('./words.js').Settings} */ (JSON.parse(at('settings').textContent || '{}'))
const token = location.hash.slice(1)
const terms = /** @type {HTMLInputElement} */ (at('terms'))
const joinButton = at('join')
/** @type {AudioContext | undefined} */
let audio
let busy = false
let entered = false
let gone = false
/** @type {{vanish: () => void} | undefined} */
let room
let stale = false

at('quick-exit').addEventListener('click', quickExit)
document.addEventListener('keydown', countEscapes())
at('language').addEventListener('change', (event) => {
  const { value } = /** @type {HTMLSelectElement} */ (event.target)
  location.replace(`/j/${value}${location.hash}`)
})
addEventListener('hashchange', () => location.reload())
terms.addEventListener('change', () => {
  joinButton.setAttribute('aria-disabled', String(!terms.checked))
  showOnly('problem', '')
})
joinButton.addEventListener('click', pressJoin)
at('return').addEventListener('click', join)
at('write').addEventListener('submit', keepForRoom)

const remembered = recall()
if (!token) stop('link_unknown')
else if (remembered) enter(remembered, null)

function pressJoin() {
  if (!terms.checked) {
    showOnly('problem', 'unticked')
    terms.focus()
    return
  }
  // Sound may only be prepared while a finger is on the page.
  const Audio = window.AudioContext || /** @type {any} */ (window).webkitAudioContext
  if (Audio && !audio) audio = new Audio()
  join()
}

async function join() {
  if (busy) return
  setBusy(true)
  try {
    const response = await fetch('/api/v1/join', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token, accept_terms: true, language: settings.language }),
    })
    const answer = await response.json().catch(() => ({}))
    if (response.ok) welcome(answer)
    else if (answer.code === 'too_early') await tooEarly(answer.planned_at, response.headers.get('Date'))
    else refused(answer.code, response.status)
  } catch {
    trouble(navigator.onLine === false ? 'offline' : 'unreachable')
  }
  setBusy(false)
}

/** @param {{session_id: string, session: import('./state.js').Session}} joined */
function welcome(joined) {
  remember(joined.session_id)
  if (entered) location.reload()
  else enter(joined.session_id, joined.session)
}

/** What the few see who come too early is fetched when one does. @param {string} planned_at @param {string | null} date the server's clock */
async function tooEarly(planned_at, date) {
  // A module that failed to load stays failed until the page is loaded anew.
  if (stale) return location.reload()
  stale = true
  const { tellTime } = await import('./early.js')
  stale = false
  if (gone) return
  show('early')
  tellTime(planned_at, date, { stop, offer })
}

/** @param {string | undefined} code @param {number} status */
function refused(code, status) {
  if (code && STOPS.includes(code)) {
    stop(code)
    // A link that was only copied badly is no reason to take back what is still to be sent.
    if (entered || code !== 'link_unknown') import('./farewell.js').then(({ giveBack }) => giveBack()).catch(console.error)
  } else if (code === 'slow_down') trouble('slow_down')
  else trouble(status >= 502 ? 'unreachable' : 'internal')
}

/** @param {string} name */
function trouble(name) {
  show('welcome')
  terms.checked = true
  joinButton.setAttribute('aria-disabled', 'false')
  showOnly('problem', name)
  showOnly('when', 'retry')
  // What is said above it may have pushed the button off a small screen.
  joinButton.scrollIntoView({ block: 'nearest' })
}

/**
 * Show the room at once, then load what makes it live.
 * @param {string} id @param {import('./state.js').Session | null} session null if not known yet
 */
async function enter(id, session) {
  entered = true
  // The link's secret goes along, so that the test leads back here.
  at('device-test').setAttribute('href', `/test/${settings.language}${location.hash}`)
  show('room')
  if (session) firstSight(session)
  try {
    const { open } = await import('./room.js')
    room = await open({ id, session, settings, audio, stop, joinAgain, comeBack })
    installable()
  } catch (error) {
    if (gone) return
    // A module that failed to load stays failed until the page is loaded anew.
    console.error(error)
    setTimeout(() => location.reload(), 5000)
  }

  /** The session was opened again. */
  function comeBack() {
    remember(id)
    show('room')
  }
}

/** Icon and manifest are not worth waiting for: they come last. */
function installable() {
  for (const [rel, href] of [['icon', settings.icon], ['apple-touch-icon', settings.icon], ['manifest', '/web/manifest.json']]) {
    const link = document.querySelector(`link[rel="${rel}"]`) || document.head.appendChild(document.createElement('link'))
    link.setAttribute('rel', rel)
    link.setAttribute('href', href)
  }
}

/** @param {import('./state.js').Session} session */
function firstSight({ state, place }) {
  const card = at('waiting')
  card.hidden = state !== 'waiting'
  if (card.hidden) return
  const words = at('place')
  if (place) {
    const { first = '', later = '' } = words.dataset
    const number = new Intl.NumberFormat(settings.language).format(place)
    words.textContent = place === 1 ? first : later.replace('{place}', number)
    at('number').textContent = number
  }
  card.focus()
}

/** The server doesn't know this browser any more: Join must be pressed again. */
function joinAgain() {
  forget()
  offer('again')
}

/** Offer Join, and say why. @param {string} why */
function offer(why) {
  trouble(why)
  showOnly('when', 'ready')
}

/** @param {string} reason one of STOPS, or `left` */
function stop(reason) {
  forget()
  for (const dialog of document.querySelectorAll('dialog')) if (dialog.open) dialog.close()
  show('stopped')
  showOnly('stop', reason)
  at('stopped').focus()
}

/** @param {'welcome' | 'early' | 'room' | 'stopped'} screen */
function show(screen) {
  for (const name of ['welcome', 'early', 'room', 'stopped']) at(name).hidden = name !== screen
  document.body.dataset.screen = screen
}

/** Show the one element of a kind that carries this name. @param {string} kind @param {string} name */
function showOnly(kind, name) {
  for (const element of document.querySelectorAll(`[data-${kind}]`)) {
    const shown = /** @type {HTMLElement} */ (element)
    shown.hidden = shown.dataset[kind] !== name
  }
}

/** @param {boolean} now */
function setBusy(now) {
  busy = now
  if (now) showOnly('problem', '')
  if (now) showOnly('when', 'busy')
  else if (document.body.dataset.screen !== 'welcome') showOnly('when', 'ready')
}

/** Send was pressed before the room was ready: it does it when it is. @param {Event} event */
function keepForRoom(event) {
  event.preventDefault()
  at('write').dataset.pressed = 'yes'
}

/** Wipe what this page holds, then show something harmless in its place. */
function quickExit() {
  gone = true
  if (room) room.vanish()
  document.title = '\u00a0'
  document.body.textContent = ''
  const session = recall()
  // Script can't delete the cookie; the server ends it, and keeps the place in line.
  if (session) fetch(`/api/v1/sessions/${session}/forget-device`, { method: 'POST', keepalive: true }).catch(() => undefined)
  forget()
  try {
    indexedDB.deleteDatabase('tc')
    history.replaceState(null, '', '/')
  } catch {
    // Storage that is blocked holds nothing.
  }
  location.replace(settings.exit)
}

/** @returns {(event: KeyboardEvent) => void} a listener that exits at the third Escape within two seconds */
function countEscapes() {
  /** @type {number[]} */
  let presses = []
  return ({ key, timeStamp }) => {
    if (key !== 'Escape') return
    presses = [...presses.filter((time) => timeStamp - time < 2000), timeStamp]
    if (presses.length >= 3) quickExit()
  }
}

// A reload needs no new Join: this tab remembers which session its link has led to, and the cookie does the rest.

function recall() {
  try {
    return sessionStorage.getItem(token)
  } catch {
    return null
  }
}

/** @param {string} id */
function remember(id) {
  try {
    sessionStorage.setItem(token, id)
  } catch {
    // Then a reload asks for Join again.
  }
}

function forget() {
  try {
    sessionStorage.clear()
  } catch {
    // Nothing was kept.
  }
}

/** @param {string} id @returns {HTMLElement} */
function at(id) {
  const element = document.getElementById(id)
  if (!element) throw new Error(`the page lacks ${id}`)
  return element
}
