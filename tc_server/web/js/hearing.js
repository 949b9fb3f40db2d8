// @ts-check
/** The step of the microphone: asked for, and its level shown until somebody was heard. */

const LOUD = 0.06
/** Milliseconds of sound until it is a voice and no knock, and of silence until help is offered. */
const ENOUGH = 250
const SILENCE = 9000

/** @typedef {import('./media.js').Media} Media */
/** @typedef {import('./step.js').Step} Step */

/** Return whether the microphone works. @param {Step} step @param {Media} media @param {AudioContext | null} audio @param {() => void} help */
export async function tryMicrophone(step, media, audio, help) {
  for (;;) {
    step.tell('asking')
    step.offer()
    await media.open('audio')
    const { audio: condition } = media.conditions()
    const track = media.tracks().audio
    if (condition === 'on' && track) {
      if (await isHeard(step, track, audio)) return done(true)
    } else {
      step.stand('bad')
      step.tell(condition === 'unsupported' ? 'failed' : condition)
      if (condition === 'blocked' || condition === 'unsupported') help()
    }
    const parts = condition === 'on' ? [] : ['help']
    if ((await step.choice(...parts, 'retry')) === 'on') return done(condition === 'on')
    step.stand('running')
  }

  /** Silence may be a quiet room: who goes on all the same has a microphone. @param {boolean} works */
  function done(works) {
    // What helps stays there: who has come to the end looks for it.
    step.offer(...(works ? [] : ['help']))
    step.stand(works ? 'good' : 'bad')
    if (works) step.tell('heard')
    return works
  }
}

/** Show how loud it is until a voice was heard, or nothing for long. @param {Step} step @param {MediaStreamTrack} track @param {AudioContext | null} audio */
async function isHeard(step, track, audio) {
  if (!audio) return true
  await audio.resume()
  const source = audio.createMediaStreamSource(new MediaStream([track]))
  const analyser = audio.createAnalyser()
  analyser.fftSize = 1024
  source.connect(analyser)
  const meter = /** @type {HTMLMeterElement} */ (step.find('meter'))
  step.tell('listening')
  step.offer('meter')
  try {
    return await /** @type {Promise<boolean>} */ (new Promise((settle) => watch(analyser, meter, settle)))
  } finally {
    source.disconnect()
    step.offer()
  }
}

/** @param {AnalyserNode} analyser @param {HTMLMeterElement} meter @param {(heard: boolean) => void} settle */
function watch(analyser, meter, settle) {
  const samples = new Uint8Array(analyser.fftSize)
  const begun = performance.now()
  let [loud, last] = [0, begun]
  // A timer, since frames aren't drawn while the browser asks something else.
  const timer = setInterval(() => {
    const now = performance.now()
    const level = volume(analyser, samples)
    meter.value = level
    if (level > LOUD) loud += now - last
    last = now
    if (loud < ENOUGH && now - begun < SILENCE) return
    clearInterval(timer)
    // The bar stays where it was for a moment, so that one sees it move.
    setTimeout(() => settle(loud >= ENOUGH), 500)
  }, 50)
}

/** @param {AnalyserNode} analyser @param {Uint8Array<ArrayBuffer>} samples */
function volume(analyser, samples) {
  analyser.getByteTimeDomainData(samples)
  const power = samples.reduce((sum, sample) => sum + ((sample - 128) / 128) ** 2, 0) / samples.length
  // The ear hears ratios: a whisper should be seen too.
  return Math.min(1, Math.sqrt(power) * 4)
}
