/** Draws an u8 image into a canvas: WebGL2 where there is one, else Canvas2D. Both show the same. */
import type { Rect } from './view.ts'
import { type Lut, levelTable, lutColours, type WindowLevel } from './window-level.ts'

export interface GreyImage {
  width: number
  height: number
  pixels: Uint8Array<ArrayBuffer>
}

export interface Painter {
  /** Puts an image in place of the one before; null for none. */
  image(image: GreyImage | null): void
  /** Paints it. `rect` is in device px, from the canvas's top left. */
  paint(rect: Rect, window: WindowLevel): void
  close(): void
}

const vertexShader = `#version 300 es
uniform vec4 place;
out vec2 at;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  at = corner;
  gl_Position = vec4(place.xy + corner * place.zw, 0.0, 1.0);
}`
const fragmentShader = `#version 300 es
precision highp float;
uniform sampler2D image;
uniform sampler2D lut;
uniform vec3 level;
in vec2 at;
out vec4 colour;
void main() {
  float value = texture(image, at).r;
  float shown = pow(clamp((value - level.x) / level.y, 0.0, 1.0), level.z);
  colour = vec4(texture(lut, vec2((shown * 255.0 + 0.5) / 256.0, 0.5)).rgb, 1.0);
}`

/** The painter for a new canvas; `plain` leaves WebGL aside: where there is no graphics card, or where it took a context away before. */
export function createPainter(canvas: HTMLCanvasElement, plain: boolean): Painter {
  const gl = plain ? null : canvas.getContext('webgl2', { alpha: false, antialias: false, depth: false })
  return gl ? glPainter(canvas, gl) : canvasPainter(canvas)
}

function glPainter(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext): Painter {
  const program = gl.createProgram()
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(kind)
    if (!shader) continue
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  const largest = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number
  const place = gl.getUniformLocation(program, 'place')
  const level = gl.getUniformLocation(program, 'level')
  const select = gl.useProgram.bind(gl, program)
  select()
  gl.uniform1i(gl.getUniformLocation(program, 'image'), 0)
  gl.uniform1i(gl.getUniformLocation(program, 'lut'), 1)
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)
  const colours = texture(gl, 1)
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, 256, 1)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR)
  let lut: Lut | null = null
  let store: { texture: WebGLTexture; width: number; height: number } | null = null
  let shown: GreyImage | null = null
  /** Whether the smaller copies are of the image shown. */
  let mipmaps = false

  const forget = () => {
    if (store) gl.deleteTexture(store.texture)
    store = null
  }
  /** Room for an image. A volume's B-scans are of one size: stepping through them writes into what is there. */
  const roomFor = (image: GreyImage) => {
    if (store?.width === image.width && store.height === image.height) return
    forget()
    store = { texture: texture(gl, 0), width: image.width, height: image.height }
    gl.texStorage2D(gl.TEXTURE_2D, 1 + Math.floor(Math.log2(Math.max(image.width, image.height))), gl.R8, image.width, image.height)
  }

  return {
    image(image) {
      shown = image && Math.max(image.width, image.height) <= largest ? image : null
      if (!shown) return forget()
      gl.activeTexture(gl.TEXTURE0)
      roomFor(shown)
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, shown.width, shown.height, gl.RED, gl.UNSIGNED_BYTE, shown.pixels)
      mipmaps = false
    },
    paint(rect, window) {
      const { width, height } = canvas
      gl.viewport(0, 0, width, height)
      gl.clearColor(0, 0, 0, 1)
      gl.clear(gl.COLOR_BUFFER_BIT)
      if (!shown || rect.width <= 0) return
      if (lut !== window.lut) {
        lut = window.lut
        gl.activeTexture(gl.TEXTURE1)
        gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 256, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(lutColours(lut).buffer))
      }
      gl.activeTexture(gl.TEXTURE0)
      // Far in, a pixel is shown as what it is; interpolation would invent structure.
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, rect.width / shown.width >= 4 ? gl.NEAREST : gl.LINEAR)
      // Down to half the size, four neighbours are all there is to blend; the smaller copies are made only for less than that.
      const small = Math.min(rect.width / shown.width, rect.height / shown.height) < 0.5
      if (small && !mipmaps) gl.generateMipmap(gl.TEXTURE_2D)
      if (small) mipmaps = true
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, small ? gl.LINEAR_MIPMAP_LINEAR : gl.LINEAR)
      gl.uniform4f(place, (rect.x / width) * 2 - 1, 1 - (rect.y / height) * 2, (rect.width / width) * 2, -(rect.height / height) * 2)
      gl.uniform3f(level, (window.centre - window.width / 2) / 255, window.width / 255, 1 / window.gamma)
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
    },
    close() {
      forget()
      gl.deleteTexture(colours)
      gl.deleteProgram(program)
      gl.getExtension('WEBGL_lose_context')?.loseContext()
    },
  }
}

/** A new texture, bound to a unit for good. */
function texture(gl: WebGL2RenderingContext, unit: number): WebGLTexture {
  const made = gl.createTexture()
  gl.activeTexture(gl.TEXTURE0 + unit)
  gl.bindTexture(gl.TEXTURE_2D, made)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
  return made
}

function canvasPainter(canvas: HTMLCanvasElement): Painter {
  const context = canvas.getContext('2d', { alpha: false })
  const store = document.createElement('canvas')
  const inner = store.getContext('2d')
  let data: ImageData | null = null
  let shown: GreyImage | null = null
  let filled: WindowLevel | null = null
  let table = new Uint32Array(256)
  let tabled: WindowLevel | null = null

  const fill = (image: GreyImage, window: WindowLevel) => {
    if (data?.width !== image.width || data.height !== image.height) data = new ImageData(image.width, image.height)
    const words = new Uint32Array(data.data.buffer)
    if (tabled !== window) table = levelTable(window)
    tabled = window
    const { pixels } = image
    for (let i = 0; i < words.length; i++) words[i] = table[pixels[i] as number] as number
    inner?.putImageData(data, 0, 0)
    filled = window
  }

  return {
    image(image) {
      shown = image
      filled = null
      if (!image) data = null
      const { width, height } = image ?? { width: 0, height: 0 }
      if (store.width !== width) store.width = width
      if (store.height !== height) store.height = height
    },
    paint(rect, window) {
      if (!context) return
      context.fillStyle = '#000'
      context.fillRect(0, 0, canvas.width, canvas.height)
      if (!shown) return
      if (filled !== window) fill(shown, window)
      context.imageSmoothingEnabled = rect.width / shown.width < 4
      context.drawImage(store, rect.x, rect.y, rect.width, rect.height)
    },
    close() {
      store.width = 0
      store.height = 0
    },
  }
}
