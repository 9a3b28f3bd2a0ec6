import uPlot from 'uplot'
import type { RoomUsage } from '../../../../shared/model.ts'

/** Colours of tokens as a canvas takes them, asked for at each drawing, and the font of the numbers. */
export interface Ink {
  of: (token: string) => string
  font: string
}

/** By the number of the day. */
export function numbersOf({ days }: RoomUsage) {
  return {
    x: days.map((_, index) => index),
    people: days.map(({ people }) => people),
    sessions: days.map(({ sessions }) => sessions),
    minutes: days.map(({ meanSeconds }) => (meanSeconds === null ? null : Math.round(meanSeconds / 6) / 10)),
  }
}

type Point = (index: number | null | undefined) => void

/** People before visits: there are never more of them. */
export const peoplePlot = (usage: RoomUsage, ink: Ink, point: Point, height: number): uPlot.Options => ({
  ...frame(usage, ink, point, height),
  series: [{}, bars(ink, '--n8', 0.72), bars(ink, '--accent', 0.44)],
})

export const durationPlot = (usage: RoomUsage, ink: Ink, point: Point, height: number): uPlot.Options => {
  const stroke = () => ink.of('--accent')
  return {
    ...frame(usage, ink, point, height),
    series: [{}, { stroke, width: 2, points: { show: true, size: 6, fill: stroke } }],
  }
}

const bars = (ink: Ink, token: string, share: number): uPlot.Series => ({
  fill: () => ink.of(token),
  width: 0,
  points: { show: false },
  ...(uPlot.paths.bars && { paths: uPlot.paths.bars({ size: [share, 40 * share], radius: 0.15 }) }),
})

/** What both plots have: days below, whole numbers at the side, a line through the day that is pointed at in either. */
function frame({ days }: RoomUsage, ink: Ink, point: Point, height: number): Omit<uPlot.Options, 'series'> {
  const look = { stroke: () => ink.of('--text-quiet'), font: ink.font, ticks: { show: false } }
  const dayOf = (index: number) => {
    const day = days[index]?.day
    return day ? new Date(`${day}T12:00:00`).toLocaleDateString('en', { day: 'numeric', month: 'short' }) : ''
  }
  return {
    width: 0,
    height,
    padding: [8, 14, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false }, points: { show: false }, sync: { key: 'usage' } },
    hooks: { setCursor: [({ cursor }) => point(cursor.idx)] },
    scales: { x: { time: false, range: [-0.6, days.length - 0.4] }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] } },
    axes: [
      {
        ...look,
        grid: { show: false },
        space: 56,
        gap: 10,
        size: 30,
        incrs: [1, 2, 7, 14, 30],
        values: (_, at) => at.map(dayOf),
      },
      {
        ...look,
        grid: { stroke: () => ink.of('--border'), width: 1 },
        space: 26,
        size: 36,
        incrs: [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000],
      },
    ],
  }
}
