import drawing from './picture.json'
import bscan from './picture-bscan.webp'
import slo from './picture-slo.webp'

/** A generated scan beside the form, made by scripts/sign-in-picture.ts: what this application is about, without anyone's eye in it. */
export function Picture({ label }: { label: string }) {
  const { ring } = drawing
  return (
    <div className="first-picture" role="img" aria-label={label}>
      <svg className="first-slo" viewBox={`0 0 ${drawing.slo.width} ${drawing.slo.height}`} preserveAspectRatio="xMidYMid slice" aria-hidden="true">
        <image href={slo} width={drawing.slo.width} height={drawing.slo.height} opacity="0.7" />
        <circle className="under" cx={ring.x} cy={ring.y} r={ring.radius} />
        <circle className="mark" cx={ring.x} cy={ring.y} r={ring.radius} />
      </svg>
      <svg className="first-bscan" viewBox={`0 0 ${drawing.bscan.width} ${drawing.bscan.height}`} preserveAspectRatio="none" aria-hidden="true">
        <image href={bscan} width={drawing.bscan.width} height={drawing.bscan.height} preserveAspectRatio="none" />
        {drawing.layers.map((layer) => (
          <polyline key={layer.name} className="mark" data-layer={layer.name} points={layer.points} />
        ))}
      </svg>
    </div>
  )
}
