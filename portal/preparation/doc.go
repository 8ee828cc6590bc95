// Package preparation is the pages by which an organisation prepares a scrutin on a machine of its own (`isoloir prepare -pages`, docs/manifest.md, "To
// prepare one"): files are brought into a folder, each judged line by line before it is taken; the public draw of the order of display is made before the
// room and kept; the ballot is seen as the voter will see it; and the manifest is made, with its fingerprint. What the members of the bureau see of it
// afterwards on their own pages is drawn by the same pieces ([Shown]).
//
// What it promises. Nobody is let in but by the code that the command has printed, once; the pages answer under their own address alone, so that no page
// from elsewhere reaches them by another name of this machine. A file that has mistakes changes nothing. A manifest that was made is never written over.
// No secret enters: a fragment, or any file that is none of a folder's, is refused. The network is not asked for anything.
//
// Scripts and tests find their way by identifiers, which stay: form #import with #files, table #refused; #mistakes; form #draw with #date and #mots, form
// #keep; form #make, #fingerprint; the preview's are those of package portal/bureau.
package preparation
