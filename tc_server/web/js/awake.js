// @ts-check
/** Keeps the screen on during a call, where the browser can: a phone that sleeps drops it. */

export function stayAwake() {
  /** @type {WakeLockSentinel | null} */
  let lock = null
  let over = false
  document.addEventListener('visibilitychange', ask)
  void ask()

  return () => {
    over = true
    document.removeEventListener('visibilitychange', ask)
    void lock?.release().catch(() => undefined)
  }

  /** The browser takes the lock back whenever the page is hidden. */
  async function ask() {
    if (document.hidden || over) return
    const got = await navigator.wakeLock?.request('screen').catch(() => null)
    if (over) void got?.release()
    else lock = got || null
  }
}
