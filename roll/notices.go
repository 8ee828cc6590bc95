package roll

import "context"

// A Teller has electors told that their vote is recorded, and answers when this will
// happen whatever happens to the roll. It tells each one once, however often it is
// asked.
type Teller interface {
	Voted(ctx context.Context, electors []Place) error
}

// toldPage is how many electors a teller is asked to tell at a time.
const toldPage = 4096

// TellVoted hands a teller all electors who are marked and not told yet, and counts
// them. Who was handed over and not struck off, because the roll stopped between, is
// handed over again.
func (s *Service) TellVoted(ctx context.Context, t Teller) (told int, err error) {
	for {
		page, err := s.Store.Untold(ctx, s.Scope, toldPage)
		if err != nil || len(page) == 0 {
			return told, err
		}
		if err := t.Voted(ctx, page); err != nil {
			return told, err
		}
		if err := s.Store.Told(ctx, s.Scope, page); err != nil {
			return told, err
		}
		told += len(page)
	}
}
