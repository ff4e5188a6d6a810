/** Whether a graphics card draws here. */

/** Renderers that compute WebGL on the processor, as they name themselves. */
const software = /swiftshader|llvmpipe|softpipe|software|basic render/i

/** Whether a renderer of this name is a program and no graphics card. Names a browser does not tell count as a card. */
export function isSoftware(renderer: string): boolean {
  return software.test(renderer)
}

let known: boolean | undefined

/**
 * True where WebGL2 draws on a graphics card. Where it is emulated, each image would be drawn by a slow program and then read back to be put
 * on the page: Canvas2D is faster there. Looked up once.
 */
export function hasGraphicsCard(): boolean {
  if (known !== undefined) return known
  const gl = document.createElement('canvas').getContext('webgl2')
  const info = gl?.getExtension('WEBGL_debug_renderer_info')
  known = gl != null && !isSoftware(info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : '')
  gl?.getExtension('WEBGL_lose_context')?.loseContext()
  return known
}
