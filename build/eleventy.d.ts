/** The part of Eleventy 3's interface that Postern uses; the package ships no types. */
declare module '@11ty/eleventy' {
  export interface BuildEvent {
    readonly directories: { readonly input: string; readonly output: string };
    readonly runMode: 'build' | 'watch' | 'serve';
  }

  export interface AfterEvent extends BuildEvent {
    readonly results: readonly { readonly inputPath: string; readonly outputPath: string | false }[];
  }

  export interface Extension<Data> {
    readonly outputFileExtension: string;
    readonly read: boolean;
    readonly useLayouts: boolean;
    readonly compileOptions: { readonly cache: boolean };
    getData(inputPath: string): Record<string, unknown>;
    compile(content: string | undefined, inputPath: string): (data: Data) => string;
  }

  export interface UserConfig {
    readonly events: { emit(name: string, value: unknown): Promise<unknown> };
    on(event: 'eleventy.before', listener: (event: BuildEvent) => void | Promise<void>): void;
    on(event: 'eleventy.after', listener: (event: AfterEvent) => void | Promise<void>): void;
    on(event: 'postern.built', listener: (facts: never) => void): void;
    addExtension<Data = Record<string, unknown>>(extension: string | readonly string[], options: Extension<Data>): void;
    addGlobalData(name: string, value: () => unknown): void;
    addTemplate(path: string, content: string): void;
    addWatchTarget(glob: string): void;
    setTemplateFormats(formats: readonly string[]): void;
    setDataDeepMerge(deep: boolean): void;
    setDataFileSuffixes(suffixes: readonly string[]): void;
    setUseGitIgnore(use: boolean): void;
    setWatchThrottleWaitTime(milliseconds: number): void;
    setQuietMode(quiet: boolean): void;
  }

  export interface EleventyOptions {
    readonly configPath: string | false;
    readonly quietMode: boolean;
    readonly source: 'cli' | 'script';
    config(config: UserConfig): unknown;
  }

  export default class Eleventy {
    constructor(input: string, output: string, options: EleventyOptions);
    init(): Promise<void>;
    write(): Promise<unknown>;
    watch(): Promise<void>;
    stopWatch(): Promise<void>;
    disableLogger(): void;
  }
}
