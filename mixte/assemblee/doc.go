// Package assemblee reads the public nominative ballots (scrutins publics) of the seventeenth Assemblée nationale as
// figures of a scrutin mixte: 577 electorates of one seat each, their electors of 2024, and the position of every member.
//
// The files are deputes.csv, matrice_votes_1_2000.csv, scrutins_1_2000.csv and mises_au_point_1_2000.csv;
// docs/mixte.md, section 9, says what is odd in them. The package promises that whatever it accepts is coherent, one member
// at most for a seat; what the summary of a ballot says beside the positions is compared, never trusted.
package assemblee
