export function fingerprintOfApp(): string;
