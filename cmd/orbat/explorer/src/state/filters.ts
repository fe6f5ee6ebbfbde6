// The filters as texts, by the names that the server's parameters have: what an address, a saved view and a request say.
import { noFilters, type Filters } from './graph'
import { dayText, spanOf } from './time'

export type Texts = Partial<Record<keyof typeof readers, string>>

const list = (text: string) => text.split(',').filter(Boolean)
const number = (text: string) => Number(text) || 0

const readers = {
  as_of: (text: string) => ({ asOf: text }),
  min_confidence: (text: string) => ({ minConfidence: number(text) }),
  certain: (text: string) => ({ certain: text === 'true' }),
  hidden_types: (text: string) => ({ hiddenTypes: list(text) }),
  hidden_relations: (text: string) => ({ hiddenRelations: list(text) }),
  source: (text: string) => ({ source: text }),
  min_links: (text: string) => ({ minLinks: number(text) }),
  brush: (text: string) => ({ span: spanIn(text) }),
  undated: (text: string) => ({ undated: text !== 'false' }),
}

function spanIn(text: string): Filters['span'] {
  const [from, to] = text.split('/')
  const day = /^\d{4}-\d\d-\d\d$/
  return from && to && day.test(from) && day.test(to) && from <= to ? [from, to] : null
}

// textsOf returns the filters that filter.
export function textsOf(f: Filters): Texts {
  const all: Texts = {
    as_of: f.asOf,
    min_confidence: f.minConfidence ? String(f.minConfidence) : '',
    certain: f.certain ? 'true' : '',
    hidden_types: f.hiddenTypes.join(','),
    hidden_relations: f.hiddenRelations.join(','),
    source: f.source,
    min_links: f.minLinks ? String(f.minLinks) : '',
    brush: f.span ? f.span.join('/') : '',
    undated: f.undated ? '' : 'false',
  }
  return Object.fromEntries(Object.entries(all).filter(([, text]) => text !== ''))
}

// filtersIn reads what read knows by each name.
export function filtersIn(read: (name: string) => string | null | undefined): Filters {
  let f = noFilters
  for (const [name, reader] of Object.entries(readers)) {
    const text = read(name)
    if (text) f = { ...f, ...reader(text) }
  }
  return f
}

// ofQuestion returns the filters that a question was asked with: what is shown of its answer is shown under no others.
export function ofQuestion(params: Readonly<Record<string, string>>): Pick<Filters, 'asOf' | 'minConfidence' | 'certain' | 'span'> {
  const { asOf, minConfidence, certain } = filtersIn((name) => params[name])
  const [from, to] = [spanOf(params.from), spanOf(params.to)] // of a path they are its ends
  const whole = /^\d{4}(-\d\d){0,2}$/
  const span = from && to && whole.test(params.from!) && whole.test(params.to!)
  return { asOf, minConfidence, certain, span: span ? [dayText(from.from), dayText(to.to)] : null }
}

// localOnly returns those filters that the page applies itself.
export function localOnly(f: Filters): Texts {
  return textsOf({ ...f, asOf: '', minConfidence: 0, certain: false })
}

// asked returns those filters that only the server can judge, as parameters of a request.
export function asked(f: Filters): { as_of?: string; min_confidence?: string; certain?: string } {
  const { as_of, min_confidence, certain } = textsOf(f)
  return { as_of, min_confidence, certain: as_of ? certain : undefined }
}
