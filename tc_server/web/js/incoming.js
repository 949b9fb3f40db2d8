// @ts-check
/** The card of a call that one isn't in: who is about to call, or calls, and the ways to answer; or that it still runs, and the way in. */

import { button, drawing, make, say } from './element.js'

/**
 * @typedef {object} Offer
 * @property {'preparing' | 'ringing' | 'elsewhere' | 'open' | 'taken'} state
 * @property {string} name who calls
 * @property {boolean} video whether the caller asks for video
 * @property {boolean} busy an answer is on its way
 * @property {string} problem in words, or empty
 * @property {boolean} possible whether this browser can take part at all
 */
/** @typedef {{accept: (media: 'audio' | 'video') => void, decline: () => void}} Answers */

/** @type {Record<Offer['state'], string>} */
const LEADS = {
  preparing: '{name} is preparing a call.',
  ringing: '{name} is calling you.',
  elsewhere: 'The call is still running.',
  open: 'The call is still running.',
  taken: 'The call continues on your other device.',
}

/** @param {HTMLElement} host @param {import('./words.js').Words} words @param {Answers} answers */
export function makeCard(host, words, answers) {
  const card = make('section', 'incoming')
  card.dataset.testid = 'incoming-call'
  card.setAttribute('aria-label', words.say('Call'))
  const sign = make('span', 'pulse')
  sign.append(drawing('phone'))
  const lead = make('p', 'lead')
  lead.setAttribute('role', 'alert')
  const hint = make('p', 'hint')
  const problem = make('p', 'problem')
  problem.setAttribute('role', 'alert')
  const ways = make('div', 'answers')
  const decline = button('round down', words.say('Decline'), answers.decline, 'down')
  const video = button('round', words.say('Answer with video'), () => answers.accept('video'), 'camera')
  const audio = button('round go', words.say('Answer'), () => answers.accept('audio'), 'phone')
  decline.dataset.testid = 'decline'
  video.dataset.testid = 'accept-video'
  audio.dataset.testid = 'accept-audio'
  ways.append(decline, video, audio)
  card.append(sign, lead, hint, problem, ways)
  host.append(card)
  return { draw, remove: () => card.remove(), holdsFocus: () => card.contains(document.activeElement) }

  /** @param {Offer} offer */
  function draw({ state, name, video: asked, busy, problem: what, possible }) {
    const rings = state === 'ringing'
    card.dataset.state = state
    say(lead, words.say(LEADS[state], { name }))
    hint.hidden = !rings || !possible
    const camera = asked ? 'They ask for video. You can also answer without your camera.' : 'Your camera stays off unless you switch it on.'
    say(hint, `${words.say(camera)} ${words.say('People near you can hear the call: earphones, or a low volume, keep it to yourself.')}`)
    problem.hidden = !what && possible
    say(problem, possible ? what : words.say('This browser can’t make calls. Copy the link and open it in another browser, or go on writing.'))
    decline.hidden = !rings
    audio.hidden = video.hidden = !possible || state === 'preparing'
    label(audio, rings ? words.say('Answer') : state === 'open' ? words.say('Join the call') : state === 'taken' ? words.say('Bring it here') : words.say('Join again'))
    label(video, rings ? words.say('Answer with video') : words.say('With video'))
    for (const way of [decline, video, audio]) way.setAttribute('aria-disabled', String(busy))
    card.setAttribute('aria-busy', String(busy))
  }
}

/** @param {HTMLElement} way @param {string} text */
function label(way, text) {
  say(/** @type {HTMLElement} */ (way.querySelector('.label')), text)
}
