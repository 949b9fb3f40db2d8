// @ts-check
/** The step of the speaker: three notes, and the question whether they were heard. */

const NOTES = [523, 659, 784]
const LENGTH = 0.5

/** Return whether the notes were heard; null if they weren't played. @param {import('./step.js').Step} step @param {AudioContext | null} audio */
export async function trySpeaker(step, audio) {
  if (!audio) return end('skipped', 'unheard', null)
  step.tell('offered')
  if ((await step.choice('play')) === 'skip') return end('skipped', '', null)
  for (;;) {
    await play(audio)
    step.tell('played')
    if ((await step.choice('ask')) === 'yes') return end('good', 'heard', true)
    step.tell('louder')
    if ((await step.choice('louder')) === 'on') return end('bad', 'unheard', false)
  }

  /** @param {import('./step.js').Standing} standing @param {string} found @param {boolean | null} heard */
  function end(standing, found, heard) {
    step.offer()
    step.stand(standing)
    step.tell(found)
    return heard
  }
}

/** @param {AudioContext} audio */
async function play(audio) {
  await audio.resume()
  NOTES.forEach((pitch, index) => {
    const [tone, volume, start] = [audio.createOscillator(), audio.createGain(), audio.currentTime + index * LENGTH]
    tone.frequency.value = pitch
    volume.gain.setValueAtTime(0, start)
    volume.gain.linearRampToValueAtTime(0.3, start + 0.04)
    volume.gain.exponentialRampToValueAtTime(0.001, start + LENGTH)
    tone.connect(volume).connect(audio.destination)
    tone.start(start)
    tone.stop(start + LENGTH)
  })
}
