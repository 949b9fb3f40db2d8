// @ts-check
/** Why a microphone or camera can't be used, and what to do about it, in words. Pure. */

/** @typedef {'blocked' | 'missing' | 'busy' | 'unsupported' | 'failed'} Trouble */

/** @type {Record<string, Trouble>} */
const BY_NAME = {
  NotAllowedError: 'blocked', SecurityError: 'blocked', PermissionDeniedError: 'blocked',
  NotFoundError: 'missing', DevicesNotFoundError: 'missing', OverconstrainedError: 'missing',
  NotReadableError: 'busy', TrackStartError: 'busy', AbortError: 'busy',
}
const MICROPHONE = {
  blocked: 'This page may not use your microphone, so the others can’t hear you. Tap the sign beside the address at the top, allow the microphone, then try again.',
  missing: 'No microphone was found, so the others can’t hear you. Connect one, then try again.',
  busy: 'Another app is using the microphone, so the others can’t hear you. Close that app, then try again.',
  unsupported: 'This app doesn’t let pages use the microphone. Copy the link and open it in your usual browser. Here you can listen and write.',
  failed: 'The microphone doesn’t work just now, so the others can’t hear you.',
}
const CAMERA = {
  blocked: 'This page may not use your camera. Tap the sign beside the address at the top, allow the camera, then try again.',
  missing: 'No camera was found. The call goes on without your picture.',
  busy: 'Another app is using the camera. Close that app, then try again.',
  unsupported: 'This app doesn’t let pages use the camera. Copy the link and open it in your usual browser.',
  failed: 'The camera doesn’t work just now. The call goes on without your picture.',
}

/** Name what an error of `getUserMedia` means. @param {unknown} error @returns {Trouble} */
export function troubleOf(error) {
  return BY_NAME[/** @type {{name?: string}} */ (error)?.name || ''] || 'failed'
}

/** Return the source text that explains. @param {'audio' | 'video'} kind @param {Trouble} trouble */
export function explained(kind, trouble) {
  return (kind === 'audio' ? MICROPHONE : CAMERA)[trouble]
}
