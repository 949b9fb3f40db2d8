// @ts-check
/** What a browser is, and whether it can be in a call, from what it tells of itself. Pure. */

/** @typedef {'able' | 'unable' | 'insecure' | 'inside'} Ability */
/** @typedef {'inside' | 'iphone' | 'safari' | 'android' | 'samsung' | 'firefox' | 'desktop' | 'other'} Browser */

/** Apps that show pages in a window of their own, which often has neither microphone nor camera. */
const INSIDE = /FBAN|FBAV|FB_IAB|Instagram|WhatsApp|Messenger|Line\/|MicroMessenger|TikTok|musical_ly|Bytedance|Snapchat|Twitter|Telegram|Viber|GSA\/|; wv\)/i

/**
 * @param {{secure: boolean, devices: boolean, connections: boolean, agent: string}} seen whether the page is encrypted, whether
 * there is something to ask for microphones and something to make connections with, and the browser's name
 * @returns {Ability}
 */
export function abilityOf({ secure, devices, connections, agent }) {
  if (!connections) return 'unable'
  if (!secure) return 'insecure'
  if (INSIDE.test(agent)) return 'inside'
  return devices ? 'able' : 'unable'
}

/** Name the browser as far as its settings differ. @param {string} agent @param {number} touches points that can touch it at a time @returns {Browser} */
export function browserOf(agent, touches) {
  if (INSIDE.test(agent)) return 'inside'
  // An iPad calls itself a Mac, which has no touch screen.
  if (/iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touches > 1)) return 'iphone'
  if (/Firefox\//.test(agent)) return 'firefox'
  if (/SamsungBrowser\//.test(agent)) return 'samsung'
  if (/Android/.test(agent) && /Chrome\//.test(agent)) return 'android'
  if (/Chrome\/|Chromium\//.test(agent)) return 'desktop'
  if (/Safari\//.test(agent)) return 'safari'
  return 'other'
}
