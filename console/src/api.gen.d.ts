// Draft until api/openapi.yaml is there; then this file is generated.
type S = components['schemas']
export interface paths {
  '/api/v1/welcome': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Welcome'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/session': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Session'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': { token?: string; email?: string; password?: string; key?: string } } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Session'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 204: { headers: Record<string, unknown>; content?: never }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/me': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': { name?: string; email?: string } } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Member'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    trace?: never
  }
  '/api/v1/me/password': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': { current?: string; password: string } } }; responses: { 204: { headers: Record<string, unknown>; content?: never }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/roles': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Roles'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/members': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: { cursor?: string; limit?: number }; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { items: S['Member'][]; next?: string } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': { name: string; email?: string; role: S['Role'] } } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { member: S['Member']; link: S['Link'] } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/members/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch: { parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }; requestBody: { content: { 'application/json': { name?: string; role?: S['Role']; disabled?: boolean } } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Member'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    trace?: never
  }
  '/api/v1/members/{id}/link': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: { parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Link'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/members/{id}/sessions': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete: { parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }; requestBody?: never; responses: { 204: { headers: Record<string, unknown>; content?: never }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/keys': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: { cursor?: string; limit?: number }; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { items: S['Key'][]; next?: string } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': { name: string; role?: S['Role']; scopes?: string[]; expiresAt?: string } } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { key: S['Key']; secret: string } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/keys/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post?: never
    delete: { parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }; requestBody?: never; responses: { 204: { headers: Record<string, unknown>; content?: never }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/overview': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: { period?: "24h"|"7d"|"30d"|"90d"; market?: string; gtin?: string }; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Overview'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/search': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: { q?: string; limit?: number }; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { items: S['Hit'][] } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/brands': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: { cursor?: string; limit?: number }; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { items: S['Brand'][]; next?: string } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/products': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: { cursor?: string; limit?: number; brand?: string; category?: string; q?: string }; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { items: S['Product'][]; next?: string } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/products/{gtin}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: never; header?: never; path: { gtin: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Product'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/contents': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: { cursor?: string; limit?: number; product?: string; placement?: string; q?: string }; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { items: S['Content'][]; next?: string } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/contents/{name}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: never; header?: never; path: { name: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Content'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/contents/preview': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': { facts: S['Facts'] } } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Preview'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/things': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: { cursor?: string; limit?: number; gtin?: string; serial?: string; seal?: S['Seal']; life?: S['Life']; market?: string; lot?: string; alarm?: boolean; q?: string }; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { items: S['Thing'][]; next?: string } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': { gtin: string; serials?: string[]; count?: number; lot?: string; market?: string } } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { items: S['Thing'][] } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/things/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Thing'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/things/{id}/story': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: { cursor?: string; limit?: number }; header?: never; path: { id: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { items: S['StoryEntry'][]; next?: string } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/keysets': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: { cursor?: string; limit?: number }; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { items: S['KeySet'][]; next?: string } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': { name: string; scheme: S['KeySet']['scheme']; mode: S['KeySet']['mode']; template: string; metaSlot?: number; fileSlot?: number; systemId?: string; test?: boolean; keys?: { meta: string; master: string } } } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['KeySet'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/keysets/{name}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: never; header?: never; path: { name: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { current: S['KeySet']; epochs: S['KeySet'][] } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/keysets/{name}/epochs': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: { parameters: { query?: never; header?: never; path: { name: string }; cookie?: never }; requestBody: { content: { 'application/json': { keys?: { meta: string; master: string }; template?: string; mode?: S['KeySet']['mode'] } } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['KeySet'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/keysets/{name}/retire': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: { parameters: { query?: never; header?: never; path: { name: string }; cookie?: never }; requestBody: { content: { 'application/json': { epoch?: number } } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['KeySet'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/keysets/{name}/encoding': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: never; header?: never; path: { name: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Encoding'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/chips': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: { cursor?: string; limit?: number; set?: string; status?: S['Chip']['status']; gtin?: string; virtual?: boolean; q?: string }; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { items: S['Chip'][]; next?: string } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/chips/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Chip'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/chips/import': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: { parameters: { query?: { set?: string; dryRun?: boolean }; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'text/csv': string } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['ImportReport'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/chips/{id}/block': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: { parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }; requestBody: { content: { 'application/json': { reason?: string } } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Chip'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/chips/{id}/unblock': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: { parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }; requestBody: { content: { 'application/json': { reason?: string } } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Chip'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/diagnose': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': { url: string; set?: string } } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['Diagnosis'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/taps': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: { cursor?: string; limit?: number; result?: S['TapResult']; code?: string; step?: string; gtin?: string; thing?: string; set?: string; country?: string; from?: string; to?: string }; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { items: S['TapEntry'][]; next?: string } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/events': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: { cursor?: string; limit?: number; thing?: string; type?: string[]; class?: S['LedgerEvent']['class']; from?: string; to?: string }; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { items: S['LedgerEvent'][]; next?: string } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/events/{id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: never; header?: never; path: { id: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['EventView'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/virtual': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: { cursor?: string; limit?: number }; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { items: S['VirtualBottle'][]; next?: string } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody: { content: { 'application/json': { gtin: string; market?: string } } }; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['VirtualBottle'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/virtual/{chip}/tap': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: { parameters: { query?: never; header?: never; path: { chip: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { url: string; bottle: S['VirtualBottle'] } } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/virtual/{chip}/tear': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: { parameters: { query?: never; header?: never; path: { chip: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['VirtualBottle'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/virtual/{chip}/reset': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: { parameters: { query?: never; header?: never; path: { chip: string }; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['VirtualBottle'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/phone/forget': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get?: never
    put?: never
    post: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 204: { headers: Record<string, unknown>; content?: never }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/system': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never }
    get: { parameters: { query?: never; header?: never; path?: never; cookie?: never }; requestBody?: never; responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': S['System'] } }; default: { headers: Record<string, unknown>; content: { 'application/problem+json': S['Problem'] } } } }
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export interface components {
  schemas: {
    Problem: { type: string; code: string; title: string; status: number; detail: string; hint?: string; errors?: { location: string; message: string }[]; trace: string }
    Actor: { kind: 'member' | 'key'; id: string; name: string; role: S['Role']; actions: string[] }
    Role: 'owner' | 'marketer' | 'pr' | 'engineer' | 'privacy' | 'auditor' | 'partner'
    Server: { version: string; demo: boolean; baseUrl: string }
    Session: { actor: S['Actor']; member?: S['Member']; expiresAt?: string; server: S['Server'] }
    Member: { id: string; name: string; email?: string; role: S['Role']; state: 'invited' | 'active' | 'disabled'; hasPassword: boolean; createdAt: string; lastSeenAt?: string }
    Link: { url: string; expiresAt: string }
    Ref: { id: string; name: string }
    Key: { id: string; name: string; role: S['Role']; scopes: string[]; state: 'active' | 'expired' | 'revoked'; createdAt: string; createdBy?: S['Ref']; expiresAt?: string; lastUsedAt?: string; revokedAt?: string }
    Welcome: { server: S['Server']; firstStart: boolean; methods: ('link' | 'password' | 'key')[] }
    Roles: { roles: { role: S['Role']; title: string; description: string; actions: string[] }[]; actions: { action: string; description: string }[] }
    Compared: { value: number; previous: number }
    Step: { total: number; during: S['Compared'] }
    Overview: { from: string; to: string; previousFrom: string; bucket: 'hour' | 'day'; updatedAt: string; totals: { products: number; contents: number; things: number; chips: number; keysets: number }; taps: S['Compared']; genuine: S['Compared']; replayed: S['Compared']; refused: S['Compared']; plain: S['Compared']; funnel: { made: S['Step']; sold: S['Step']; opened: S['Step']; drained: S['Step'] }; series: { at: string; genuine: number; replayed: number; refused: number; plain: number }[]; countries: { country: string; taps: number; previous: number }[]; results: { result: S['TapResult']; code?: string; taps: number; previous: number }[]; products: { gtin: string; name: string; taps: number; previous: number }[]; alarms: number }
    Hit: { kind: 'brand' | 'product' | 'model' | 'content' | 'thing' | 'chip' | 'keyset' | 'member' | 'key' | 'event'; id: string; title: string; subtitle?: string; href: string }
    Localized: Record<string, string>
    Brand: { slug: string; name: string; country?: string; homepage?: string; accent?: string; updatedAt?: string }
    Product: { gtin: string; brand: string; model?: string; name: S['Localized']; tagline?: S['Localized']; description?: S['Localized']; category?: string; alcohol: boolean; abv?: number; volume?: string; image?: string; markets: string[]; origin?: { label: S['Localized']; value: S['Localized'] }[]; offer?: { label: S['Localized']; href: string }; next?: string; lastsDays?: number; updatedAt?: string; counts?: { things: number; sealed: number; opened: number; drained: number; taps: number } }
    Content: { name: string; placement: string; products: string[]; brands: string[]; categories: string[]; when?: unknown; validFrom?: string; validUntil?: string; priority: number; ageGated: boolean; texts: Record<string, S['ContentText']>; updatedAt?: string }
    ContentText: { title: string; lead?: string; body: unknown[]; action?: { label: string; href: string } }
    Facts: { gtin: string; seal?: S['Seal']; life?: S['Life']; market?: string; locale?: string; ageConfirmed?: boolean; tap?: S['TapResult']; at?: string }
    Preview: { facts: S['Facts']; chosen: { name: string; locale: string; title: string; lead?: string; body: unknown[]; action?: { label: string; href: string } }[]; why: { name: string; chosen: boolean; reason: string; code: string }[] }
    Seal: 'unknown' | 'sealed' | 'opened'
    Life: 'made' | 'sold' | 'opened' | 'in-use' | 'drained'
    Thing: { id: string; gtin: string; serial: string; lot?: string; product?: { name: string; brand: string; image?: string }; digitalLink: string; seal: S['Seal']; life: S['Life']; epoch: number; market?: string; alarms: string[]; madeAt?: string; soldAt?: string; openedAt?: string; openedAfter?: string; drainedAt?: string; lastTapAt?: string; taps: number; chips?: S['Chip'][] }
    StoryEntry: { event: string; seq: number; at: string; recordedAt: string; type: string; class: 'fact' | 'reading' | 'moment'; source: string; title: string; tone: 'neutral' | 'good' | 'warn' | 'bad'; cause?: string; country?: string; code?: string; step?: string; details: { label: string; value: string }[] }
    KeySet: { name: string; epoch: number; scheme: 'fixed' | 'an10922' | 'boltcard' | 'nfcdeveloper' | 'nfcdeveloper-legacy'; mode: 'aes' | 'lrp' | 'both'; metaSlot: number; fileSlot: number; systemId?: string; template: string; state: 'active' | 'retired'; test: boolean; checks: { meta: string; file: string }; chips: number; createdAt: string; retiredAt?: string }
    Chip: { id: string; set: string; epoch: number; uid: string; thing?: { id: string; gtin: string; serial: string }; status: 'registered' | 'active' | 'blocked'; lastCounter?: number; lastTapAt?: string; virtual: boolean; batch?: string; createdAt: string }
    ImportReport: { dryRun: boolean; batch?: string; rows: number; created: number; unchanged: number; refused: number; columns: { header: string; field: string }[]; errors: { row: number; column?: string; code: string; message: string }[] }
    Diagnosis: { verdict: 'genuine' | 'refused'; code?: string; set?: string; epoch?: number; steps: { step: string; ok: boolean; code?: string; text: string }[]; findings: { code: string; text: string; hint: string }[]; read?: { counter?: number; seal?: S['Seal']; mode?: 'aes' | 'lrp'; uid?: string } }
    Encoding: { set: string; epoch: number; url: string; ndef: string; settings: string; offsets: { name: string; at: number }[] }
    TapResult: 'genuine' | 'repeat' | 'replayed' | 'refused' | 'plain'
    TapEntry: { event: string; seq: number; at: string; result: S['TapResult']; step?: string; code?: string; hint?: string; seal?: S['Seal']; counter?: number; tier?: string; thing?: { id: string; gtin: string; serial: string }; product?: { gtin: string; name: string }; set?: string; chip?: string; country?: string }
    LedgerEvent: { id: string; seq: number; type: string; class: 'fact' | 'reading' | 'moment'; source: string; sourceId?: string; thing?: string; person?: string; cause?: string; at: string; recordedAt: string; body: Record<string, unknown> }
    EventView: { event: S['LedgerEvent']; cause?: S['LedgerEvent']; effects: S['LedgerEvent'][] }
    VirtualBottle: { chip: string; thing: { id: string; gtin: string; serial: string }; product: { name: string; brand: string }; set: string; loop: 'closed' | 'open'; counter: number; seal: S['Seal']; life: S['Life']; lastUrl?: string }
    System: { version: string; engine: 'sqlite' | 'postgres'; startedAt: string; now: string; head: number; cursors: { name: string; pos: number; lag: number; owner?: string }[]; timers: { waiting: number; overdue: number; parked: number }; vault: { keyAgeDays: number }; memoryMB: number }
  }
}
