// @ts-check
/** The step of the camera: only who wants to be seen switches it on. */

/** @typedef {import('./media.js').Media} Media */
/** @typedef {import('./step.js').Step} Step */

/** Return whether the camera works. @param {Step} step @param {Media} media @param {() => void} help */
export async function tryCamera(step, media, help) {
  step.tell('offered')
  if ((await step.choice('offer')) === 'skip') return done('skipped')
  for (;;) {
    step.stand('running')
    step.tell('asking')
    step.offer()
    await media.open('video')
    const { video: condition } = media.conditions()
    if (condition === 'on') return done(await isSeen(step, media))
    step.stand('bad')
    step.tell(condition === 'unsupported' ? 'failed' : condition)
    if (condition === 'blocked' || condition === 'unsupported') help()
    if ((await step.choice('help', 'retry')) === 'on') {
      step.offer('help')
      return false
    }
  }

  /** @param {'seen' | 'unseen' | 'skipped'} how */
  function done(how) {
    step.offer()
    step.tell(how)
    step.stand(how === 'seen' ? 'good' : how === 'skipped' ? 'skipped' : 'bad')
    if (how !== 'seen') void media.camera(false)
    return how === 'seen'
  }
}

/** Show the picture and ask, until somebody has seen it or not. @param {Step} step @param {Media} media @returns {Promise<'seen' | 'unseen'>} */
async function isSeen(step, media) {
  const picture = /** @type {HTMLVideoElement} */ (step.find('video'))
  const other = /** @type {HTMLElement} */ (step.find('[data-choice="flip"]'))
  for (;;) {
    const { video } = media.tracks()
    picture.srcObject = video && new MediaStream([video])
    // One's own face is known from the mirror; what the camera at the back sees isn't.
    picture.dataset.mirrored = String(media.facing() === 'user')
    other.hidden = media.cameras() < 2
    step.tell('showing')
    const chosen = await step.choice('picture', 'look')
    if (chosen === 'flip') {
      await media.flip()
      continue
    }
    picture.srcObject = null
    return chosen === 'yes' ? 'seen' : 'unseen'
  }
}
