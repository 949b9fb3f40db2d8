// @ts-check
/** Telling somebody who looks away that it is their turn: a short sound, a tremble, a mark in the title. Says no word of what. */

/** @param {AudioContext | undefined} audio made while a finger was on the page; without one a later touch makes it */
export function makeBell(audio) {
  const title = document.title
  if (!audio) {
    document.addEventListener('pointerdown', () => {
      if (!audio && window.AudioContext) audio = new AudioContext()
    }, { once: true })
  }
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) document.title = title
  })

  return {
    /** Two soft notes. */
    ring: () => sound([660, 880], [200, 100, 200]),
    /** As a telephone does, once. */
    call: () => sound([880, 698, 880, 698, 880, 698], [400, 200, 400]),
    mark,
  }

  /** @param {number[]} pitches in Hz @param {number[]} trembles in milliseconds */
  function sound(pitches, trembles) {
    if (audio) void audio.resume().then(() => pitches.forEach((pitch, index) => note(pitch, index * 0.22)))
    // Before the first touch the browser refuses, and logs it: don't ask.
    if (navigator.vibrate && navigator.userActivation?.hasBeenActive) navigator.vibrate(trembles)
    mark()
  }

  function mark() {
    if (document.hidden) document.title = `(1) ${title}`
  }

  /** @param {number} pitch in Hz @param {number} delay in seconds */
  function note(pitch, delay) {
    if (!audio) return
    const [tone, volume, start] = [audio.createOscillator(), audio.createGain(), audio.currentTime + delay]
    tone.frequency.value = pitch
    volume.gain.setValueAtTime(0, start)
    volume.gain.linearRampToValueAtTime(0.25, start + 0.03)
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.5)
    tone.connect(volume).connect(audio.destination)
    tone.start(start)
    tone.stop(start + 0.55)
  }
}
