/** How schemas are written in documents: short, and close to the types that readers know. */
import { z } from 'zod'

type JsonSchema = z.core.JSONSchema.JSONSchema

/** An object's fields, or what stands for something that is no object. */
export interface Shape {
  fields: { name: string; type: string; about: string }[]
  /** Rules that span several fields. */
  rules: string[]
}

/** Gives a schema a name, by which others refer to it. */
export function nameSchema(name: string, schema: z.ZodType): void {
  z.globalRegistry.add(schema, { ...schema.meta(), id: name })
}

/** The fields of an object's schema: as they are given (`input`), or as they come out. */
export function shapeOf(schema: z.ZodType, io: 'input' | 'output'): Shape {
  const { properties = {}, required = [] } = resolve(toJsonSchema(schema, io))
  const fields = Object.entries(properties).map(([name, field]) => ({
    name: required.includes(name) ? name : `${name}?`,
    type: notation(field as JsonSchema),
    about: (field as JsonSchema).description ?? '',
  }))
  return { fields, rules: rulesOf(schema) }
}

/** A schema in one line: its name, where it has one. */
export function typeOf(schema: z.ZodType): string {
  return notation(toJsonSchema(schema, 'output'))
}

/** What the name of a schema stands for. */
export function definitionOf(schema: z.ZodType): { type: string; about: string } {
  const definition = resolve(toJsonSchema(schema, 'input'))
  return { type: notation(definition), about: definition.description ?? '' }
}

export function isObject(schema: z.ZodType): boolean {
  return schema instanceof z.ZodObject
}

function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  return z.toJSONSchema(schema, { io, unrepresentable: 'any' })
}

function resolve(schema: JsonSchema): JsonSchema {
  const name = refName(schema)
  return name === null ? schema : (schema.$defs?.[name] ?? schema)
}

function refName({ $ref }: JsonSchema): string | null {
  return $ref?.startsWith('#/$defs/') ? $ref.slice('#/$defs/'.length) : null
}

function notation(schema: JsonSchema): string {
  const name = refName(schema)
  if (name !== null) return name
  if (schema.anyOf) return schema.anyOf.map((one) => notation(one)).join(' | ')
  if (Array.isArray(schema.type)) return schema.type.map((type) => notation({ ...schema, type })).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  switch (schema.type) {
    case 'array': {
      const item = notation(schema.items as JsonSchema)
      return item.includes(' ') && !item.startsWith('{') ? `(${item})[]` : `${item}[]`
    }
    case 'object':
      return objectNotation(schema)
    case 'string':
      return stringNotation(schema)
    case 'integer':
    case 'number':
      return schema.type + range(schema.minimum, schema.maximum)
    case undefined:
      return 'JSON'
    default:
      return schema.type
  }
}

function objectNotation({ properties, required = [], additionalProperties }: JsonSchema): string {
  if (properties) {
    const fields = Object.entries(properties).map(
      ([name, field]) => `${name}${required.includes(name) ? '' : '?'}: ${notation(field as JsonSchema)}`,
    )
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
  }
  return typeof additionalProperties === 'object' ? `{ [name]: ${notation(additionalProperties)} }` : 'JSON object'
}

function stringNotation({ format, pattern, minLength, maxLength }: JsonSchema): string {
  if (format !== undefined) return format
  if (pattern !== undefined) return `/${pattern}/`
  return `string${range(minLength, maxLength, ' characters')}`
}

/** Zod writes the safe integers' bounds where there are none. */
function range(from: number | undefined, to: number | undefined, unit = ''): string {
  const lowest = from === Number.MIN_SAFE_INTEGER ? undefined : from
  const highest = to === Number.MAX_SAFE_INTEGER ? undefined : to
  if (lowest !== undefined && highest !== undefined) return ` (${lowest} to ${highest}${unit})`
  if (highest !== undefined) return ` (at most ${highest}${unit})`
  return lowest === undefined ? '' : ` (at least ${lowest}${unit})`
}

/** The words of an object's own refinements, which JSON Schema cannot say. */
function rulesOf(schema: z.ZodType): string[] {
  return (schema._zod.def.checks ?? []).flatMap((check) => {
    const say = check._zod.def.error as z.core.$ZodErrorMap | undefined
    const message = say?.({ code: 'custom', input: undefined, path: [] })
    return typeof message === 'string' ? [message] : []
  })
}
