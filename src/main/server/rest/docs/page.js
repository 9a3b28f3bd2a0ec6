/** Draws the OpenAPI document, and sends what is tried. */

const api = await (await fetch('/api/v1/openapi.json')).json()
const base = api.servers[0].url
const operations = document.getElementById('operations')
const methods = ['get', 'post', 'put', 'patch', 'delete']

document.getElementById('about').textContent = `${api.info.description} Version ${api.info.version}.`
operations.replaceChildren()
for (const { name } of api.tags) {
  operations.append(make('h2', { textContent: name }))
  for (const [path, item] of Object.entries(api.paths))
    for (const method of methods)
      if (item[method]?.tags.includes(name)) operations.append(drawOperation(method, path, item[method]))
}

function drawOperation(method, path, operation) {
  const parameters = operation.parameters ?? []
  const schema = operation.requestBody?.content['application/json'].schema
  const fields = new Map(parameters.map((parameter) => [parameter, make('input', { autocomplete: 'off', spellcheck: false })]))
  const body = schema && make('textarea', { spellcheck: false, value: JSON.stringify(sample(schema), null, 2) })
  const answer = make('pre', { hidden: true, tabIndex: 0, role: 'status' })
  const send = make('button', { type: 'button', textContent: 'Send' })
  send.addEventListener('click', () => void attempt(method, path, fields, body, answer))
  return make(
    'details',
    { className: 'operation' },
    make(
      'summary',
      {},
      make('span', { className: 'method', textContent: method.toUpperCase() }),
      make('span', { className: 'path', textContent: path }),
      make('span', { className: 'summary', textContent: operation.summary }),
    ),
    make(
      'div',
      {},
      ...(operation.description ? [make('p', { textContent: operation.description.replaceAll('`', '') })] : []),
      ...[...fields].map(([parameter, field]) => labelled(nameOf(parameter), field)),
      ...(body ? [labelled('Body', body), readable('Its schema', schema)] : []),
      send,
      answer,
      make('h3', { textContent: 'Answers' }),
      ...Object.entries(operation.responses).flatMap(([status, response]) => drawResponse(status, response)),
    ),
  )
}

function drawResponse(status, { description, content }) {
  const schema = content?.['application/json']?.schema
  return [
    make('p', { textContent: `${status}: ${description.replaceAll('`', '')}` }),
    ...(schema ? [readable('Its schema', schema)] : []),
  ]
}

async function attempt(method, path, fields, body, answer) {
  const query = new URLSearchParams()
  const headers = new Headers({ Authorization: `Bearer ${document.getElementById('key').value.trim()}` })
  let filled = path
  for (const [{ name, in: place }, { value }] of fields) {
    if (place === 'path') filled = filled.replace(`{${name}}`, encodeURIComponent(value))
    else if (value !== '' && place === 'query') query.set(name, value)
    else if (value !== '' && place === 'header') headers.set(name, value)
  }
  if (body) headers.set('Content-Type', 'application/json')
  answer.hidden = false
  answer.textContent = 'Sending…'
  try {
    const url = `${base}${filled}${query.size > 0 ? `?${query}` : ''}`
    const response = await fetch(url, { method: method.toUpperCase(), headers, ...(body && { body: body.value }) })
    const text = await response.text()
    const etag = response.headers.get('etag')
    answer.textContent = [`${response.status} ${response.statusText}`, ...(etag ? [`ETag: ${etag}`] : []), '', pretty(text)].join(
      '\n',
    )
  } catch (error) {
    answer.textContent = String(error)
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** What has to be given, as a start. */
function sample(schema) {
  const { properties = {}, required = [] } = resolved(schema)
  return Object.fromEntries(required.map((name) => [name, resolved(properties[name]).enum?.[0] ?? '']))
}

function resolved(schema) {
  return schema.$ref ? api.components.schemas[schema.$ref.split('/').at(-1)] : schema
}

function nameOf({ name, required, schema, description = schema?.description }) {
  return `${name}${required ? '' : ' (may be left out)'}${description ? `: ${description}` : ''}`
}

function labelled(text, field) {
  return make('label', { textContent: text }, field)
}

function readable(title, schema) {
  const text = make('pre', { textContent: JSON.stringify(resolved(schema), null, 2), tabIndex: 0 })
  return make('details', {}, make('summary', { className: 'quiet', textContent: title }), text)
}

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties)
  element.append(...children)
  return element
}

export {}
