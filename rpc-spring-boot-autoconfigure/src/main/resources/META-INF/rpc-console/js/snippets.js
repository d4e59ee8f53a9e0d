// The call as it stands, for other places: grpcurl, curl, Java.

import {Num, layout, parse} from './json.js';
import {isSecret} from './metadata.js';
import {keyOf, manyRequests, manyResponses} from './types.js';

function quoted(text) {
    return `'${text.replaceAll("'", "'\\''")}'`;
}

function headerLines(metadata, separator) {
    return metadata.map(({name, value}) => {
        const shown = name.toLowerCase() === 'authorization' ? `"${name}${separator}${value.split(' ')[0].replace(/[^A-Za-z]/g, '')} $TOKEN"`
            : isSecret(name) ? `"${name}${separator}$SECRET"` : quoted(`${name}${separator}${value}`);
        return `-H ${shown}`;
    });
}

/** call: {method, messages: [json], metadata, deadline (ms or null)}; address: of the hello frame. */
export function grpcurl({method, messages, metadata, deadline}, address) {
    const parts = ['grpcurl'];
    if (address?.plaintext !== false) {
        parts[0] += ' -plaintext';
    }
    if (!address?.reflection) {
        parts.push('-protoset descriptors.binpb');
    }
    if (deadline) {
        parts.push(`-max-time ${deadline / 1000}`);
    }
    parts.push(...headerLines(metadata, ': '), `-d ${quoted(messages.map((json) => layout(json, '')).join('\n'))}`,
        `${address?.text ?? 'localhost:9090'} ${method.service}/${method.name}`);
    return parts.join(' \\\n  ');
}

// Java

const camel = (name) => name.replace(/_+([a-z0-9])?/gi, (_, c) => (c ?? '').toUpperCase()).replace(/^./, (c) => c.toUpperCase()).replace(/(\d)([a-z])/g, (_, d, c) => d + c.toUpperCase());
const simple = (java) => java.slice(java.lastIndexOf('.') + 1);
const lower = (name) => name.replace(/^./, (c) => c.toLowerCase());

class Java {
    constructor(types) {
        this.types = types;
        this.imports = new Set();
    }

    use(java) {
        this.imports.add(java.replaceAll('$', '.'));
        return simple(java.replaceAll('$', '.'));
    }

    message(ref, map, margin) {
        const type = this.types.get(ref);
        const name = this.use(type.java);
        const inner = `${margin}    `;
        const sets = [];
        for (const field of type.fields) {
            const value = map.get(keyOf(map, field));
            if (value === undefined || value === null) {
                continue;
            }
            const part = camel(field.name);
            if (field.map) {
                value.forEach((v, k) => sets.push(`.put${part}(${this.value({type: field.map.key}, k, inner)}, ${this.value(field.map, v, inner)})`));
            } else if (field.repeated) {
                value.forEach((v) => sets.push(`.add${part}(${this.value(field, v, inner)})`));
            } else if (field.presence || !isDefault(value)) {
                sets.push(`.set${part}(${this.value(field, value, inner)})`);
            }
        }
        return sets.length === 0 ? `${name}.getDefaultInstance()` : `${name}.newBuilder()${sets.map((s) => `\n${inner}${s}`).join('')}\n${inner}.build()`;
    }

    value({type, ref}, value, margin) {
        const text = value instanceof Num ? value.text : value;
        const look = this.types.look(type, ref);
        if (type === 'message' || type === 'group') {
            return this.wellKnown(ref, look, value, text, margin);
        }
        switch (look) {
            case 'text': return JSON.stringify(text).replace(/[\u2028\u2029]/g, ' ');
            case 'bytes': return `${this.use('com.google.protobuf.ByteString')}.copyFrom(${this.use('java.util.Base64')}.getDecoder().decode(${JSON.stringify(text)}))`;
            case 'bool': return String(text === true || text === 'true');
            case 'enum': return value instanceof Num ? `${this.use(this.types.get(ref).java)}.forNumber(${text})` : `${this.use(this.types.get(ref).java)}.${text}`;
            case 'wide': return BigInt.asIntN(64, safeBigInt(text)) === safeBigInt(text) ? `${text}L` : `Long.parseUnsignedLong("${text}")`;
            case 'float': {
                const boxed = type === 'float' ? 'Float' : 'Double';
                const odd = {NaN: 'NaN', Infinity: 'POSITIVE_INFINITY', '-Infinity': 'NEGATIVE_INFINITY'}[text];
                return odd ? `${boxed}.${odd}` : type === 'float' ? `${text}F` : /[.eE]/.test(text) ? text : `${text}.0`;
            }
            default: return Number(text) > 2147483647 ? `Integer.parseUnsignedInt("${text}")` : String(text);
        }
    }

    wellKnown(ref, look, value, text, margin) {
        const short = ref.replace('google.protobuf.', '');
        if (look === 'Timestamp' || look === 'Duration') {
            return `${this.use(`com.google.protobuf.util.${look}s`)}.parseUnchecked(${JSON.stringify(text)})`;
        }
        if (look === 'Any') {
            const name = String(value.get('@type') ?? '').replace(/^.*\//, '');
            return name && this.types.get(name) ? `${this.use('com.google.protobuf.Any')}.pack(${this.message(name, value, margin)})` : `${this.use('com.google.protobuf.Any')}.getDefaultInstance()`;
        }
        if (look === 'FieldMask') {
            return `${this.use('com.google.protobuf.util.FieldMaskUtil')}.fromJsonString(${JSON.stringify(text)})`;
        }
        if (look === 'message') {
            return this.message(ref, value, margin);
        }
        if (look === 'json') {
            return `${this.use(`com.google.protobuf.${short}`)}.getDefaultInstance() /* fill in */`;
        }
        const wrapped = {text: 'string', bytes: 'bytes', bool: 'bool', wide: 'int64', int: short.startsWith('U') ? 'uint32' : 'int32', float: short.startsWith('F') ? 'float' : 'double'}[look];
        return `${this.use(`com.google.protobuf.${short}`)}.of(${this.value({type: wrapped}, value, margin)})`;
    }
}

function isDefault(value) {
    return value === '' || value === false || value === '0' || (value instanceof Num && Number(value.text) === 0) || (value instanceof Map && value.size === 0);
}

function safeBigInt(text) {
    try {
        return BigInt(text);
    } catch {
        return 0n;
    }
}

function headers(metadata, out) {
    if (metadata.length === 0) {
        return [];
    }
    const type = out.use('io.grpc.Metadata');
    return [`        ${type} headers = new ${type}();`, ...metadata.map(({name, value}) => {
        const binary = name.toLowerCase().endsWith('-bin');
        const shown = isSecret(name) ? `${name.toLowerCase() === 'authorization' ? `"${value.split(' ')[0].replace(/[^A-Za-z]/g, '')} " + ` : ''}System.getenv("TOKEN")`
            : binary ? `${out.use('java.util.Base64')}.getDecoder().decode(${JSON.stringify(value)})` : JSON.stringify(value);
        return `        headers.put(${type}.Key.of(${JSON.stringify(name)}, ${type}.${binary ? 'BINARY_BYTE_MARSHALLER' : 'ASCII_STRING_MARSHALLER'}), ${shown});`;
    })];
}

/** A component that makes this call; service: {java}, channel: the name to inject. */
export function java({method, messages, metadata, deadline}, types, service, channel) {
    const out = new Java(types);
    const grpc = out.use(service.java);
    const request = out.use(types.get(method.request).java);
    const response = out.use(types.get(method.response)?.java ?? method.response);
    const built = messages.map((json) => out.message(method.request, parse(json).value, '        '));
    const streams = manyRequests(method) || manyResponses(method);
    out.use('io.rpcspring.RpcClient');
    out.use('org.springframework.stereotype.Component');
    let injected;
    let name;
    let body;
    if (!streams) {
        injected = `${grpc}.${grpc.replace(/Grpc$/, '')}BlockingStub`;
        name = lower(grpc.replace(/Grpc$/, ''));
        const after = deadline ? `.withDeadlineAfter(${out.use('java.time.Duration')}.ofMillis(${deadline}))` : '';
        const attached = metadata.length > 0 ? `.withInterceptors(${out.use('io.grpc.stub.MetadataUtils')}.newAttachHeadersInterceptor(headers))` : '';
        body = [`        return this.${name}${after}${attached}.${method.java ?? lower(method.name)}(${built[0]});`];
    } else {
        injected = out.use('io.grpc.Channel');
        name = 'channel';
        const options = deadline ? `, ${out.use('io.grpc.CallOptions')}.DEFAULT.withDeadlineAfter(${out.use('java.time.Duration')}.ofMillis(${deadline}))` : '';
        const opened = metadata.length > 0 ? `${out.use('io.grpc.ClientInterceptors')}.intercept(this.channel, ${out.use('io.grpc.stub.MetadataUtils')}.newAttachHeadersInterceptor(headers))` : 'this.channel';
        const sends = built.map((one) => `            call.send(${one.replaceAll('\n', '\n    ')});`);
        const reads = manyResponses(method) ? [...(manyRequests(method) ? ['            call.halfClose();'] : []), `            for (${response} response : call) {`, '                System.out.println(response);', '            }']
            : ['            return call.finish();'];
        body = [`        try (${out.use('io.rpcspring.RpcStream')}<${request}, ${response}> call = RpcStream.open(${opened}, ${grpc}.get${method.name}Method()${options})) {`, ...sends, ...reads, '        }'];
    }
    const returns = manyResponses(method) ? 'void' : response;
    const before = headers(metadata, out);
    return [...[...out.imports].sort().map((one) => `import ${one};`), '', '@Component', `class ${method.name}Caller {`, '', `    private final ${injected} ${name};`, '',
        `    ${method.name}Caller(@RpcClient("${channel}") ${injected} ${name}) {`, `        this.${name} = ${name};`, '    }', '',
        `    ${returns} call() {`, ...before, ...body, '    }', '', '}', ''].join('\n');
}
