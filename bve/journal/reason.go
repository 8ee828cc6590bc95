package journal

// A reason is why something is refused, in both languages.
type reason struct{ english, french string }

// Error is the sentence in English.
func (r *reason) Error() string { return r.english }

// Sentence is the reason in "fr" or else in English.
func (r *reason) Sentence(language string) string {
	if language == "fr" {
		return r.french
	}
	return r.english
}

// Why a statement is refused. Each is an error that says a Sentence in "fr" or else in English.
var (
	ErrKind   error = &reason{"this is no kind of statement", "ce n'est pas une sorte de déclaration"}
	ErrAuthor error = &reason{"this statement is not its author's to make", "ce n'est pas à son auteur de faire cette déclaration"}
	ErrLarge  error = &reason{"a statement has a mebibyte at most: make several", "une déclaration a un mébioctet au plus : en faire plusieurs"}
	ErrForm   error = &reason{"this is no statement as the journal writes it: have the page write it again, and sign it as it is", "ce n'est pas une déclaration comme le journal les écrit : la faire récrire par la page, et la signer telle quelle"}
	ErrOther  error = &reason{"this statement is about another scrutin", "cette déclaration porte sur un autre scrutin"}
	ErrSigned error = &reason{"it does not bear its author's signature and that alone: sign it with the key that the manifest gives him", "elle ne porte pas la signature de son auteur, et elle seule : la signer avec la clé que le manifeste lui donne"}
	ErrSeen   error = &reason{"its author saw a head that this journal never had: read the journal again, compare heads, and say it anew", "son auteur a vu une tête que ce journal n'a jamais eue : relire le journal, comparer les têtes, et la faire de nouveau"}
	ErrFuture error = &reason{"its time is not come yet: set the clock of the machine that signed it", "son heure n'est pas encore venue : régler l'horloge de la machine qui l'a signée"}
	ErrBusy   error = &reason{"others write to the journal all the time: try again", "d'autres écrivent sans cesse au journal : réessayer"}
)

// Why a journal does not hold, or a file is none.
var (
	ErrBroken     error = &reason{"the journal in this store does not hold: run isoloir journal verify", "le journal de cette base ne tient pas : lancer isoloir journal verify"}
	ErrFile       error = &reason{"this is no file of a journal: take a whole copy of the one that isoloir journal export wrote", "ce n'est pas le fichier d'un journal : prendre une copie entière de celui qu'isoloir journal export a écrit"}
	ErrPlace      error = &reason{"its number does not follow the one before: an entry was taken away, added or put elsewhere", "son numéro ne suit pas le précédent : une entrée a été ôtée, ajoutée ou déplacée"}
	ErrHead       error = &reason{"its head is not that of what stands here: something was changed", "sa tête n'est pas celle de ce qui figure ici : quelque chose a été changé"}
	ErrOlder      error = &reason{"it is older than the entry before it", "elle est plus ancienne que l'entrée qui la précède"}
	ErrTwice      error = &reason{"the same statement stands before it", "la même déclaration figure avant elle"}
	ErrOtherPast  error = &reason{"its author saw a head that this journal does not have: something before it was changed, taken away, added or put elsewhere", "son auteur a vu une tête que ce journal n'a pas : quelque chose avant elle a été changé, ôté, ajouté ou déplacé"}
	ErrNotThisEnd error = &reason{"a head that somebody has kept is none of this journal's: it was cut, or is another one", "une tête que quelqu'un a gardée n'est pas de ce journal : il a été coupé, ou c'en est un autre"}
)
