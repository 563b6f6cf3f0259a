export { type OpenHost, type OpenHosts, type OpenHostsOptions, openHosts } from './open-hosts.js'
export { openSite, type Site, type SiteOptions } from './site.js'
export { SiteImages, type SiteImagesOptions } from './site-images.js'
export { type ProbedHost, type ProbedHosts, type ProbesOptions, startProbes } from './start-probes.js'
