package sigma

import "isoloir/crypto/transcript"

// Site is the claim of an account that its element on a site, subject = siteBase^x, has the exponent of its key = g^x (docs/sso.md, §2). It is
// made for one login, whose request is the number of it.
func Site(ctx transcript.Context, key, siteBase, subject Element, request [16]byte) EqualityClaim {
	t := transcript.New("site", ctx)
	t.Append("base", g.encoded[:])
	t.Append("key", key.encoded[:])
	t.Append("site-base", siteBase.encoded[:])
	t.Append("subject", subject.encoded[:])
	t.Append("request", request[:])
	return EqualityClaim{t, key, siteBase, subject}
}
